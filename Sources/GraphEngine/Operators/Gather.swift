public import Kernels

/// The positions `indices` of one axis, which becomes as many dimensions as the indices have.
public struct Gather: Operator {
  /// The positions taken, from 0 on, in row-major order of ``indicesShape``.
  public let indices: [Int]
  /// The dimensions that take the place of the axis; none for a single position.
  public let indicesShape: [Int]
  /// The axis that positions are taken of.
  public let axis: Int

  /// Positions of an axis.
  public init(indices: [Int], indicesShape: [Int], axis: Int) {
    self.indices = indices
    self.indicesShape = indicesShape
    self.axis = axis
  }

  public func outputShape(of inputs: [[Int]]) throws -> [Int] {
    let shape = inputs[0]
    guard shape.indices.contains(axis), indices.allSatisfy((0..<shape[axis]).contains) else {
      throw ShapeError("it picks positions \(indices.prefix(4)) of dimension \(axis)")
    }
    return shape.prefix(axis) + indicesShape + shape.dropFirst(axis + 1)
  }

  public func forward(_ inputs: [NDArray]) throws -> NDArray {
    try gathered(inputs[0], indices: indices, axis: axis).reshaped(outputShape(of: [inputs[0].shape]))
  }

  public var pullbackNeeds: PullbackNeeds { .nothing }

  public func pullback(_ cotangent: NDArray, at point: LinearizationPoint) throws -> [NDArray?] {
    var flat = point.inputShapes[0]
    flat[axis] = indices.count
    return [
      try gatheredPullback(cotangent.reshaped(flat), into: point.inputShapes[0], indices: indices, axis: axis)
    ]
  }

  public var kind: OperatorKind { .movement }

  public func placeFlow(of inputs: [[Int]]) -> PlaceFlow {
    .picks(inputs[0].indices.map { $0 == axis ? indices : nil })
  }

  public func influence(of inputs: [[Int]]) -> [Influence] { [.picked] }

  public func isAffine(in input: Int) -> Bool { true }

  public func keepsSilentChannels(of shape: [Int]) -> Bool { axis >= 2 }
}

extension Gather: WritableOperator {
  public func write(_ inputs: [Written], shape: WrittenShape, to writer: GraphWriter) throws -> Written {
    writer.reshaped(try writer.gathered(inputs[0], axis: axis, indices), to: shape)
  }

  public func writePullback(
    _ cotangent: Written, at point: WrittenPoint, to writer: GraphWriter
  ) throws -> [Written?] {
    let shape = point.inputShapes[0]
    let flat = writer.reshaped(cotangent, to: shape.with(indices.count, along: axis))
    return [try writer.gatheredPullback(flat, axis: axis, indices, extent: shape[axis])]
  }
}
