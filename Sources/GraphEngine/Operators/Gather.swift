public import Kernels

/// The positions `indices` of one axis, which becomes as many dimensions as the indices have.
public struct Gather: Operator {
  public let indices: [Int]
  public let indicesShape: [Int]
  public let axis: Int

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
