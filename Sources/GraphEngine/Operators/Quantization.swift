public import Kernels

/// Reals as whole numbers of a narrow range, `round(x/s) + z` held in `low…high`.
///
/// Inputs: `x`, the scale `s` and the zero point `z`, both broadcasting to `x`. Rounding has no derivative; the gradient
/// goes straight through it, as in training that is aware of quantisation: `1/s` inside the range, zero beyond
/// (Bengio et al. 2013, *Estimating or Propagating Gradients Through Stochastic Neurons*). The scale's is not taken.
public struct Quantization: Operator {
  public let low: Float
  public let high: Float

  public init(low: Float, high: Float) {
    self.low = low
    self.high = high
  }

  public func outputShape(of inputs: [[Int]]) throws -> [Int] {
    guard try inputs.dropFirst().allSatisfy({ try broadcast(inputs[0], $0) == inputs[0] }) else {
      throw ShapeError("its scale and zero point must broadcast to what they quantise")
    }
    return inputs[0]
  }

  public func forward(_ inputs: [NDArray]) throws -> NDArray {
    try apply(.clip(low, high), shifted(inputs[0], scale: inputs[1], zeroPoint: inputs[2]))
  }

  public var pullbackNeeds: PullbackNeeds { .inputs }

  public func pullback(_ cotangent: NDArray, at point: LinearizationPoint) throws -> [NDArray?] {
    let (scale, zeroPoint) = (point.input(1), point.input(2))
    let place = try shifted(point.input(0), scale: scale, zeroPoint: zeroPoint)
    // Both ends of the range are inside it: a ReLU's zeros lie at its low end.
    let isInside = try combine(
      .multiply, compared(.greaterOrEqual, place, .scalar(low)), compared(.lessOrEqual, place, .scalar(high)))
    return [try combine(.divide, combine(.multiply, cotangent, isInside), scale), nil, nil]
  }

  private func shifted(_ x: NDArray, scale: NDArray, zeroPoint: NDArray) throws -> NDArray {
    let rounded = try apply(.round, combine(.divide, x.plain(), expanded(scale, to: x.shape)))
    return try combine(.add, rounded, zeroPoint)
  }

  public var kind: OperatorKind { .other }

  public func placeFlow(of inputs: [[Int]]) -> PlaceFlow { .elementwise }

  public func influence(of inputs: [[Int]]) -> [Influence] { [.elementwise, .none, .none] }

  public func isAffine(in input: Int) -> Bool { false }

  public func keepsSilentChannels(of shape: [Int]) -> Bool { false }
}
