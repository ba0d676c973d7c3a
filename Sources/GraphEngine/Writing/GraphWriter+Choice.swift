/// Choices of classes in ONNX's operators.
extension GraphWriter {
  /// Finds out how many images there are, from a value that has them first.
  public func countImages(of value: String) {
    let extents = Written(add("Shape", [value], shape: nil), WrittenShape([1]))
    imageCount = add(
      "Slice", [extents.name, integers([0]).name, integers([1]).name, integers([0]).name], shape: nil)
  }

  /// The class of each image whose score is greatest, the first of equal ones: whole numbers, `[images]`.
  public func largest(_ scores: Written) -> String {
    add("ArgMax", [scores.name], ["axis": .integer(1), "keepdims": .integer(0)], shape: nil)
  }

  /// One at each image's class, zero elsewhere: `[images, count]`.
  public func oneHot(_ classes: String, count: Int, shape: WrittenShape) -> Written {
    let (depth, values) = (integers([count]).name, constant([0, 1], [2]).name)
    return Written(add("OneHot", [classes, depth, values], ["axis": .integer(1)], shape: shape), shape)
  }

  /// Whole numbers that are given, as classes, `[images]`: what is none of the `count` classes ends the run, with a node
  /// that is called by the numbers that there are.
  public func checkedClasses(_ numbers: String, count: Int) -> String {
    func single(_ number: Int) -> String { integers([number], []).name }
    // A negative index counts from the end, and is none here: it becomes one that is too great.
    let isNegative = add("Less", [numbers, single(0)], shape: nil)
    let places = add("Where", [isNegative, single(count), numbers], shape: nil)
    let classes = add("Range", [single(0), single(count), single(1)], shape: nil)
    return add("Gather", [classes, places], shape: nil, name: "\(numbers)/from 0 to \(count - 1)")
  }

  /// A row for each of the `count` largest scalars of each image in the order of their places, with one there:
  /// `[images, count, scalars]`.
  public func placesOfLargest(_ vectors: Written, count: Int, shape: WrittenShape) -> Written {
    func first(_ name: String, isLargest: Bool) -> String {
      let attributes: [String: WrittenAttribute] = [
        "axis": .integer(1), "largest": .integer(isLargest ? 1 : 0), "sorted": .integer(1),
      ]
      return add("TopK", [name, integers([count]).name], attributes, shape: nil, others: ["places"])
    }
    let places = first("\(first(vectors.name, isLargest: true)).places", isLargest: false)
    let (depth, ends) = (integers([vectors.shape[1]]).name, constant([0, 1], [2]).name)
    return Written(add("OneHot", [places, depth, ends], ["axis": .integer(2)], shape: shape), shape)
  }

  /// One where a score is at least as great as a threshold, minus one below.
  public func sides(of scores: Written, threshold: Float) throws -> Written {
    let isBelow = try comparison("Less", scores, scalar(threshold))
    return try selection(isBelow, scalar(-1), scalar(1))
  }
}
