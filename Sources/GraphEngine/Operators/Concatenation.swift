public import Kernels

/// Arrays one after the other along `axis`.
public struct Concatenation: Operator {
  /// The axis along which the inputs follow each other; in all others they are alike.
  public let axis: Int

  /// Inputs joined along an axis.
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

extension Concatenation: WritableOperator {
  public func write(_ inputs: [Written], shape: WrittenShape, to writer: GraphWriter) throws -> Written {
    // Constants that stand beside activations are the same for each image.
    let whole = inputs.map { input in
      input.shape.imageAxis == shape.imageAxis
        ? input
        : writer.expanded(input, to: WrittenShape(input.shape.extents, imageAxis: shape.imageAxis))
    }
    return writer.joined(whole, axis: axis)
  }

  public func writePullback(
    _ cotangent: Written, at point: WrittenPoint, to writer: GraphWriter
  ) throws -> [Written?] {
    var start = 0
    return try zip(point.inputShapes, point.wanted).map { shape, isWanted in
      defer { start += shape[axis] }
      return isWanted ? try writer.sliced(cotangent, axis: axis, start, start + shape[axis]) : nil
    }
  }
}
