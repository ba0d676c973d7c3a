public import Kernels

/// Positions added before and after each dimension; negative counts crop.
public struct Pad: Operator {
  public let before: [Int]
  public let after: [Int]
  public let mode: PaddingMode

  public init(before: [Int], after: [Int], mode: PaddingMode) {
    self.before = before
    self.after = after
    self.mode = mode
  }

  public func outputShape(of inputs: [[Int]]) throws -> [Int] {
    let shape = inputs[0]
    guard before.count == shape.count, after.count == shape.count else {
      throw ShapeError("it pads \(before.count) dimensions")
    }
    let padded = shape.indices.map { before[$0] + shape[$0] + after[$0] }
    guard padded.allSatisfy({ $0 > 0 }) else { throw ShapeError("its cropping leaves nothing") }
    if case .reflect = mode, !shape.indices.allSatisfy({ max(before[$0], after[$0]) < shape[$0] }) {
      throw ShapeError("a reflection cannot be wider than what it reflects")
    }
    return padded
  }

  public func forward(_ inputs: [NDArray]) throws -> NDArray {
    try padded(inputs[0], before: before, after: after, mode: mode)
  }

  public var pullbackNeeds: PullbackNeeds { .nothing }

  public func pullback(_ cotangent: NDArray, at point: LinearizationPoint) throws -> [NDArray?] {
    [try paddedPullback(cotangent, inputShape: point.inputShapes[0], before: before, after: after, mode: mode)]
  }

  public var kind: OperatorKind { .movement }

  public func placeFlow(of inputs: [[Int]]) -> PlaceFlow {
    .picks(
      inputs[0].enumerated().map { axis, extent in
        if before[axis] == 0, after[axis] == 0 { return nil }
        return (-before[axis]..<extent + after[axis]).map { (0..<extent).contains($0) ? $0 : nil }
      })
  }

  public func influence(of inputs: [[Int]]) -> [Influence] { [.picked] }

  public func isAffine(in input: Int) -> Bool { true }

  public func keepsSilentChannels(of shape: [Int]) -> Bool {
    if case .constant(let scalar) = mode, scalar != 0 { return false }
    return (before.prefix(2) + after.prefix(2)).allSatisfy { $0 == 0 }
  }
}
