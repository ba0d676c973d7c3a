public import Kernels

/// Every `steps[d]`-th position from `starts[d]` up to but not including `ends[d]`, for each dimension `d`.
///
/// A negative step walks backwards; then an end of −1 means up to and including position 0.
public struct Slice: Operator {
  public let starts: [Int]
  public let ends: [Int]
  public let steps: [Int]

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
      let span = steps[d] > 0 ? ends[d] - starts[d] : starts[d] - ends[d]
      let extent = max(0, (span + abs(steps[d]) - 1) / abs(steps[d]))
      let last = starts[d] + (extent - 1) * steps[d]
      guard extent == 0 || (0..<shape[d]).contains(starts[d]) && (0..<shape[d]).contains(last) else {
        throw ShapeError("it reaches beyond dimension \(d)")
      }
      return extent
    }
  }

  public func forward(_ inputs: [NDArray]) throws -> NDArray {
    try sliced(inputs[0], starts: starts, ends: ends, steps: steps)
  }

  public var pullbackNeeds: PullbackNeeds { .nothing }

  public func pullback(_ cotangent: NDArray, at point: LinearizationPoint) throws -> [NDArray?] {
    [try scattered(cotangent, into: point.inputShapes[0], starts: starts, steps: steps)]
  }
}
