public import Kernels

/// Arrays one after the other along `axis`.
public struct Concatenation: Operator {
  public let axis: Int

  public init(axis: Int) { self.axis = axis }

  public func outputShape(of inputs: [[Int]]) throws -> [Int] {
    var shape = inputs[0]
    guard shape.indices.contains(axis) else { throw ShapeError("it joins along dimension \(axis)") }
    for input in inputs.dropFirst() {
      guard input.count == shape.count, input.indices.allSatisfy({ $0 == axis || input[$0] == shape[$0] }) else {
        throw ShapeError("they differ in more than dimension \(axis)")
      }
      shape[axis] += input[axis]
    }
    return shape
  }

  public func forward(_ inputs: [NDArray]) throws -> NDArray { try concatenated(inputs, axis: axis) }

  public var pullbackNeeds: PullbackNeeds { .nothing }

  /// Each input's part of the cotangent.
  public func pullback(_ cotangent: NDArray, at point: LinearizationPoint) throws -> [NDArray?] {
    var start = 0
    return try zip(point.inputShapes, point.wanted).map { shape, isWanted in
      defer { start += shape[axis] }
      guard isWanted else { return nil }
      var starts = shape.map { _ in 0 }, ends = cotangent.shape
      (starts[axis], ends[axis]) = (start, start + shape[axis])
      return try sliced(cotangent, starts: starts, ends: ends, steps: shape.map { _ in 1 })
    }
  }

  public var kind: OperatorKind { .movement }

  public func placeFlow(of inputs: [[Int]]) -> PlaceFlow { .joins(axis: axis) }

  public func influence(of inputs: [[Int]]) -> [Influence] { inputs.map { _ in .moved } }

  public func isAffine(in input: Int) -> Bool { true }

  public func keepsSilentChannels(of shape: [Int]) -> Bool { false }
}
