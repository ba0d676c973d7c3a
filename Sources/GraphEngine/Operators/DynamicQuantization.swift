public import Kernels

/// Quantisation to 0…255 by the range of the array itself, which always includes zero: `DynamicQuantizeLinear`.
///
/// The gradient goes straight through the rounding, the range taken as given.
public struct DynamicQuantization: Operator {
  public enum Result: Hashable, Sendable { case numbers, scale, zeroPoint }

  public let result: Result

  public init(_ result: Result) { self.result = result }

  public func outputShape(of inputs: [[Int]]) throws -> [Int] { result == .numbers ? inputs[0] : [] }

  public func forward(_ inputs: [NDArray]) throws -> NDArray {
    let (scale, zeroPoint) = range(inputs[0])
    switch result {
    case .scale: return .scalar(scale)
    case .zeroPoint: return .scalar(zeroPoint)
    case .numbers:
      return try Quantization(low: 0, high: 255).forward([inputs[0], .scalar(scale), .scalar(zeroPoint)])
    }
  }

  public var pullbackNeeds: PullbackNeeds { .inputs }

  public func pullback(_ cotangent: NDArray, at point: LinearizationPoint) throws -> [NDArray?] {
    guard result == .numbers else { return [nil] }
    // By construction, every scalar lies inside the range.
    return [try combine(.multiply, cotangent, .scalar(1 / range(point.input(0)).scale))]
  }

  private func range(_ x: NDArray) -> (scale: Float, zeroPoint: Float) {
    let scalars = x.scalars
    let (low, high) = (min(0, scalars.min() ?? 0), max(0, scalars.max() ?? 0))
    // An array of zeros alone is quantised by any scale.
    let scale = high > low ? (high - low) / 255 : 1
    return (scale, max(0, min(255, (-low / scale).rounded(.toNearestOrEven))))
  }

  public var kind: OperatorKind { .other }

  public func placeFlow(of inputs: [[Int]]) -> PlaceFlow { result == .numbers ? .elementwise : .scatters }

  public func influence(of inputs: [[Int]]) -> [Influence] { [result == .numbers ? .elementwise : .none] }

  public func isAffine(in input: Int) -> Bool { false }

  public func keepsSilentChannels(of shape: [Int]) -> Bool { false }
}
