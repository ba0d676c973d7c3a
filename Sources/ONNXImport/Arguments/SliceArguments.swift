extension OperatorCall {
  /// Which positions a `Slice` takes along each axis, as the engine wants them.
  ///
  /// Opset 10 turned the attributes into inputs and added steps.
  func sliceBounds(of shape: [Int]) throws(ONNXError) -> (starts: [Int], ends: [Int], steps: [Int]) {
    guard let starts = try integers(attribute: "starts", orInput: 1, "the starts"),
      let ends = try integers(attribute: "ends", orInput: 2, "the ends")
    else { throw malformed("it has no starts or ends") }
    let named = try integers(attribute: "axes", orInput: 3, "the axes") ?? Array(starts.indices)
    let steps = try integers(4, "the steps") ?? starts.map { _ in 1 }
    guard ends.count == starts.count, named.count == starts.count, steps.count == starts.count else {
      throw malformed("its starts, ends, axes and steps differ in number")
    }
    let axes = try axes(named, rank: shape.count)
    var bounds = (starts: shape.map { _ in 0 }, ends: shape, steps: shape.map { _ in 1 })
    for (index, axis) in axes.enumerated() {
      let (extent, step) = (shape[axis], steps[index])
      // Beyond any extent a step takes one position, like a step as long as the axis; this keeps sums from overflowing.
      guard step != 0 else { throw malformed("its step is zero") }
      bounds.steps[axis] = min(max(step, -extent - 1), extent + 1)
      let start = starts[index] < 0 ? starts[index] + extent : starts[index]
      let end = ends[index] < 0 ? ends[index] + extent : ends[index]
      if step > 0 {
        bounds.starts[axis] = min(max(start, 0), extent)
        bounds.ends[axis] = min(max(end, 0), extent)
      } else {
        bounds.starts[axis] = min(max(start, -1), extent - 1)
        bounds.ends[axis] = min(max(end, -1), extent - 1)
      }
    }
    return bounds
  }
}
