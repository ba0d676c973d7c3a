public import Kernels

/// Positions added before and after each dimension; negative counts crop.
public struct Pad: Operator {
  /// How many positions come before each dimension; negative where they are cropped.
  public let before: [Int]
  /// How many come after it.
  public let after: [Int]
  /// What stands in the positions added.
  public let mode: PaddingMode

  /// A margin, or a crop, of every dimension.
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

extension Pad: WritableOperator {
  public func write(_ inputs: [Written], shape: WrittenShape, to writer: GraphWriter) throws -> Written {
    if case .constant(let scalar) = mode {
      return try writer.padded(inputs[0], before: before, after: after, with: scalar)
    }
    return try positions(of: inputs[0].shape).reduce(inputs[0]) {
      try writer.gathered($0, axis: $1.axis, $1.positions)
    }
  }

  public func writePullback(
    _ cotangent: Written, at point: WrittenPoint, to writer: GraphWriter
  ) throws -> [Written?] {
    let shape = point.inputShapes[0]
    if case .constant = mode {
      return [try writer.padded(cotangent, before: before.map { -$0 }, after: after.map { -$0 })]
    }
    return [
      try positions(of: shape).reversed().reduce(cotangent) {
        try writer.gatheredPullback($0, axis: $1.axis, $1.positions, extent: shape[$1.axis])
      }
    ]
  }

  /// Where each position of a padded axis is copied from.
  private func positions(of shape: WrittenShape) throws -> [(axis: Int, positions: [Int])] {
    shape.extents.indices.filter { before[$0] != 0 || after[$0] != 0 }.map { axis in
      let extent = shape[axis]
      return (
        axis,
        (-before[axis]..<extent + after[axis]).map { position in
          switch mode {
          case .constant: position
          case .edge: min(max(position, 0), extent - 1)
          case .wrap: (position % extent + extent) % extent
          case .reflect: position < 0 ? -position : position < extent ? position : 2 * (extent - 1) - position
          }
        }
      )
    }
  }
}
