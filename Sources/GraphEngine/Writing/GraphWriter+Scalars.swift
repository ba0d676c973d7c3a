/// Single numbers of each image in ONNX's operators, and what is done with numbers that are none.
extension GraphWriter {
  /// The greatest or the least scalar of each image, by `ReduceMax` or `ReduceMin`.
  public func extremum(_ type: String, _ x: Written) -> Written {
    reduced(type, flattened(x), axes: [1], keepsAxes: false)
  }

  /// The value that `percent` of each image's scalars do not exceed, interpolated linearly between the nearest two.
  public func percentile(_ x: Written, _ percent: Float) throws -> Written {
    let flat = flattened(x), count = flat.shape[1]
    let rank = Double(percent) / 100 * Double(count - 1), below = Int(rank), taken = count - below
    let shape = flat.shape.with(taken, along: 1)
    let attributes: [String: WrittenAttribute] = ["axis": .integer(1), "largest": .integer(1), "sorted": .integer(1)]
    let sorted = Written(
      add("TopK", [flat.name, integers([taken]).name], attributes, shape: shape, others: ["places"]), shape)
    let lower = try sliced(sorted, axis: 1, taken - 1, taken)
    let next = max(0, taken - 2), upper = try sliced(sorted, axis: 1, next, next + 1)
    let value = try sum(lower, scaled(difference(upper, lower), by: Float(rank - rank.rounded(.down))))
    return reshaped(value, to: WrittenShape([1], imageAxis: x.shape.imageAxis))
  }

  /// The scalars, with zero in place of those that are infinite or no numbers.
  public func finite(_ x: Written) throws -> Written {
    let none = add("IsNaN", [x.name], shape: nil), infinite = add("IsInf", [x.name], shape: nil)
    let either = Written(add("Or", [none, infinite], shape: nil), x.shape)
    return try selection(either, scalar(0), x)
  }

  /// `a`, and `b` where it is zero.
  public func zerosReplaced(_ a: Written, by b: Written) throws -> Written {
    try selection(comparison("Equal", a, scalar(0)), b, a)
  }

  /// One at each place's class, of `[images, classes, height, width]`, where that is the class of greatest score, the first
  /// of equal ones.
  public func channelPeaks(_ scores: Written) -> Written { firstMaximum(scores, axis: 1) }

  /// One where a score is greater than a number, zero elsewhere.
  public func isGreater(_ x: Written, than number: Float) throws -> Written {
    real(try comparison("Greater", x, scalar(number)).name, x.shape)
  }

  private func flattened(_ x: Written) -> Written {
    reshaped(x, to: WrittenShape([1, x.shape.count], imageAxis: x.shape.imageAxis))
  }
}
