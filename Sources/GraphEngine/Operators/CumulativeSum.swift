public import Kernels

/// The sums of all scalars up to each one along an axis, or from its end where reversed.
public struct CumulativeSum: Operator {
  public let axis: Int
  /// Whether each scalar itself is left out of its sum.
  public let isExclusive: Bool
  public let isReversed: Bool

  public init(axis: Int, isExclusive: Bool, isReversed: Bool) {
    self.axis = axis
    self.isExclusive = isExclusive
    self.isReversed = isReversed
  }

  public func outputShape(of inputs: [[Int]]) throws -> [Int] {
    guard inputs[0].indices.contains(axis) else { throw ShapeError("it sums along dimension \(axis)") }
    return inputs[0]
  }

  public func forward(_ inputs: [NDArray]) throws -> NDArray { accumulated(inputs[0], isReversed: isReversed) }

  public var pullbackNeeds: PullbackNeeds { .nothing }

  /// The sums from the other end.
  public func pullback(_ cotangent: NDArray, at point: LinearizationPoint) throws -> [NDArray?] {
    [accumulated(cotangent, isReversed: !isReversed)]
  }

  private func accumulated(_ x: NDArray, isReversed: Bool) -> NDArray {
    let lines = Lines(of: x, along: axis)
    var sums = lines.scalars
    for start in lines.starts {
      var total: Float = 0
      for step in 0..<lines.extent {
        let place = start + (isReversed ? lines.extent - 1 - step : step) * lines.stride
        let scalar = lines.scalars[place]
        sums[place] = isExclusive ? total : total + scalar
        total += scalar
      }
    }
    return NDArray(sums, shape: x.shape)
  }

  public var kind: OperatorKind { .other }

  public func placeFlow(of inputs: [[Int]]) -> PlaceFlow { .mixes(axes: [axis]) }

  public func influence(of inputs: [[Int]]) -> [Influence] { [.lines(axes: [axis])] }

  public func isAffine(in input: Int) -> Bool { true }

  public func keepsSilentChannels(of shape: [Int]) -> Bool { axis >= 2 }
}
