public import Kernels

/// Every `steps[d]`-th position from `starts[d]` up to but not including `ends[d]`, for each dimension `d`.
///
/// A negative step walks backwards; then an end of −1 means up to and including position 0.
public struct Slice: Operator {
  /// The first position of each dimension, from 0 on.
  public let starts: [Int]
  /// The position that each dimension stops before.
  public let ends: [Int]
  /// How far apart positions are; not zero.
  public let steps: [Int]

  /// A part of an array, one number of each for every dimension.
  public init(starts: [Int], ends: [Int], steps: [Int]) {
    self.starts = starts
    self.ends = ends
    self.steps = steps
  }

  public func outputShape(of inputs: [[Int]]) throws -> [Int] {
    let shape = inputs[0]
    guard starts.count == shape.count, ends.count == shape.count, steps.count == shape.count else {
      throw ShapeError("it slices \(starts.count) dimensions")
    }
    return try shape.indices.map { d in
      guard steps[d] != 0 else { throw ShapeError("its step is zero") }
      let extent = extent(along: d)
      let last = starts[d] + (extent - 1) * steps[d]
      guard extent == 0 || (0..<shape[d]).contains(starts[d]) && (0..<shape[d]).contains(last) else {
        throw ShapeError("it reaches beyond dimension \(d)")
      }
      return extent
    }
  }

  private func extent(along d: Int) -> Int {
    let span = steps[d] > 0 ? ends[d] - starts[d] : starts[d] - ends[d]
    return max(0, (span + abs(steps[d]) - 1) / abs(steps[d]))
  }

  /// The positions taken of a dimension; `nil` where they are all of its `extent`, in order.
  private func positions(along d: Int, of extent: Int) -> [Int?]? {
    let taken = (0..<self.extent(along: d)).map { starts[d] + $0 * steps[d] }
    return taken.elementsEqual(0..<extent) ? nil : taken
  }

  public func forward(_ inputs: [NDArray]) throws -> NDArray {
    try sliced(inputs[0], starts: starts, ends: ends, steps: steps)
  }

  public var pullbackNeeds: PullbackNeeds { .nothing }

  public func pullback(_ cotangent: NDArray, at point: LinearizationPoint) throws -> [NDArray?] {
    [try scattered(cotangent, into: point.inputShapes[0], starts: starts, steps: steps)]
  }

  public var kind: OperatorKind { .movement }

  public func placeFlow(of inputs: [[Int]]) -> PlaceFlow {
    .picks(inputs[0].enumerated().map { positions(along: $0, of: $1) })
  }

  public func influence(of inputs: [[Int]]) -> [Influence] { [.picked] }

  public func isAffine(in input: Int) -> Bool { true }

  public func keepsSilentChannels(of shape: [Int]) -> Bool {
    shape.enumerated().prefix(2).allSatisfy { positions(along: $0, of: $1) == nil }
  }
}

extension Slice: WritableOperator {
  public func write(_ inputs: [Written], shape: WrittenShape, to writer: GraphWriter) throws -> Written {
    var part = inputs[0]
    for axis in cutAxes(of: part.shape) {
      part = try writer.sliced(part, axis: axis, starts[axis], ends[axis], step: steps[axis])
    }
    return part
  }

  public func writePullback(
    _ cotangent: Written, at point: WrittenPoint, to writer: GraphWriter
  ) throws -> [Written?] {
    var whole = cotangent
    for axis in cutAxes(of: point.inputShapes[0]) {
      whole = try writer.scattered(
        whole, axis: axis, into: point.inputShapes[0][axis], start: starts[axis], step: steps[axis])
    }
    return [whole]
  }

  /// The axes of which not everything is taken.
  private func cutAxes(of shape: WrittenShape) -> [Int] {
    shape.extents.indices.filter { positions(along: $0, of: shape[$0]) != nil }
  }
}
