public import Kernels

/// Other extents by interpolation: each axis is resampled by weights of its own, one axis after the other.
public struct Resize: Operator {
  /// The axes that change, in the order in which they are resampled.
  public let axes: [Axis]

  /// An axis, with the weights that make its new positions of the old ones.
  public struct Axis: Hashable, Sendable {
    /// Which axis it is.
    public let index: Int
    /// The weights of each new position.
    public let interpolation: Interpolation

    /// An axis that is resampled.
    public init(_ index: Int, _ interpolation: Interpolation) {
      self.index = index
      self.interpolation = interpolation
    }
  }

  /// Other extents along some axes.
  public init(_ axes: [Axis]) { self.axes = axes }

  public func outputShape(of inputs: [[Int]]) throws -> [Int] {
    var shape = inputs[0]
    for axis in axes {
      guard shape.indices.contains(axis.index), shape[axis.index] == axis.interpolation.sourceExtent else {
        throw ShapeError("it interpolates between \(axis.interpolation.sourceExtent) positions")
      }
      shape[axis.index] = axis.interpolation.rows.count
    }
    return shape
  }

  public func forward(_ inputs: [NDArray]) throws -> NDArray {
    try axes.reduce(inputs[0]) { try interpolated($0, axis: $1.index, by: $1.interpolation) }
  }

  public var pullbackNeeds: PullbackNeeds { .nothing }

  public func pullback(_ cotangent: NDArray, at point: LinearizationPoint) throws -> [NDArray?] {
    [try axes.reversed().reduce(cotangent) { try interpolatedPullback($0, axis: $1.index, by: $1.interpolation) }]
  }

  public var kind: OperatorKind { .resizing }

  public func placeFlow(of inputs: [[Int]]) -> PlaceFlow {
    // Interpolation looks at neighbours, and its result covers what the input does.
    var extents = inputs[0]
    for axis in axes { extents[axis.index] = axis.interpolation.rows.count }
    return .window(kernel: extents.dropFirst(2).map { min($0, 3) }, mixesChannels: false)
  }

  public func influence(of inputs: [[Int]]) -> [Influence] { [.lines(axes: axes.map(\.index))] }

  public func isAffine(in input: Int) -> Bool { true }

  public func keepsSilentChannels(of shape: [Int]) -> Bool { axes.allSatisfy { $0.index >= 2 } }
}

extension Resize: WritableOperator {
  public func write(_ inputs: [Written], shape: WrittenShape, to writer: GraphWriter) throws -> Written {
    try axes.reduce(inputs[0]) { try mixed($0, along: $1, isTurned: false, writer) }
  }

  public func writePullback(
    _ cotangent: Written, at point: WrittenPoint, to writer: GraphWriter
  ) throws -> [Written?] {
    [try axes.reversed().reduce(cotangent) { try mixed($0, along: $1, isTurned: true, writer) }]
  }

  /// An axis times the matrix of its weights, or the transposed one.
  private func mixed(_ x: Written, along axis: Axis, isTurned: Bool, _ writer: GraphWriter) throws -> Written {
    guard axis.index != x.shape.imageAxis else { throw ShapeError("it resizes the axis of the images") }
    let (rows, columns) = (axis.interpolation.rows.count, axis.interpolation.sourceExtent)
    var matrix = [Float](repeating: 0, count: rows * columns)
    for (row, terms) in axis.interpolation.rows.enumerated() {
      for term in terms {
        matrix[isTurned ? term.position * rows + row : row * columns + term.position] += term.weight
      }
    }
    let weights = writer.constant(matrix, isTurned ? [columns, rows] : [rows, columns])
    // The axis next to the last is the one that a matrix on the left mixes.
    let rank = x.shape.rank
    if axis.index == rank - 2 { return try writer.matrixProduct(weights, x) }
    var permutation = Array(0..<rank)
    permutation.remove(at: axis.index)
    permutation.append(axis.index)
    let product = try writer.matrixProduct(writer.transposed(x, permutation), writer.matrixTransposed(weights))
    return writer.transposed(product, permutation.indices.map { permutation.firstIndex(of: $0) ?? $0 })
  }
}
