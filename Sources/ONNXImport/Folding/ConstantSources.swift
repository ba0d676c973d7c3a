import GraphEngine

/// Where constants come from: the shapes of values, and the nodes that state numbers.
extension ConstantFolding {
  /// Since opset 15 a `Shape` may be cut to a range of axes.
  static func shape(_ call: OperatorCall) throws(ONNXError) -> [Constant] {
    let shape = try call.input(0).shape
    func clamped(_ axis: Int) -> Int { min(max(axis < 0 ? axis + shape.count : axis, 0), shape.count) }
    let start = clamped(try call.attributes.integer("start") ?? 0)
    let end = clamped(try call.attributes.integer("end") ?? shape.count)
    let extents = start < end ? Array(shape[start..<end]) : []
    return [Constant(integers: extents, shape: [extents.count])]
  }

  static func size(_ call: OperatorCall) throws(ONNXError) -> [Constant] {
    [Constant(integers: [try call.input(0).shape.reduce(1, *)], shape: [])]
  }

  static func constant(_ call: OperatorCall) throws(ONNXError) -> [Constant] {
    for name in ["value", "value_int", "value_ints", "value_float", "value_floats"] {
      switch call.attributes[name] {
      case .tensor(let tensor): return [tensor]
      case .integer(let integer): return [Constant(integers: [integer], shape: [])]
      case .integers(let integers): return [Constant(integers: integers, shape: [integers.count])]
      case .real(let real): return [Constant(reals: [real], shape: [])]
      case .reals(let reals): return [Constant(reals: reals, shape: [reals.count])]
      default: continue
      }
    }
    throw call.unsupported("it states no numbers")
  }

  static func constantOfShape(_ call: OperatorCall) throws(ONNXError) -> [Constant] {
    guard let shape = try call.integers(0, "the shape") else { throw call.malformed("it has no shape") }
    let count = try affordableCount(of: shape, for: call)
    guard let value = try call.attributes.tensor("value") else {
      return [Constant(reals: [Float](repeating: 0, count: count), shape: shape)]
    }
    guard value.count == 1 else { throw call.malformed("its value must be one number") }
    return [value.picking([Int](repeating: 0, count: count), shape: shape)]
  }

  static func range(_ call: OperatorCall) throws(ONNXError) -> [Constant] {
    guard let start = try call.input(0).constant, let limit = try call.input(1).constant,
      let step = try call.input(2).constant, start.count == 1, limit.count == 1, step.count == 1
    else { throw call.malformed("its start, limit and step must be numbers") }
    if let start = start.integers?[0], let limit = limit.integers?[0], let step = step.integers?[0] {
      guard step != 0 else { throw call.malformed("its step is zero") }
      let (distance, overflows) = limit.subtractingReportingOverflow(start)
      let count = overflows ? largestCount + 1 : max(0, Int((Double(distance) / Double(step)).rounded(.up)))
      _ = try affordableCount(of: [count], for: call)
      return [Constant(integers: (0..<count).map { start &+ $0 &* step }, shape: [count])]
    }
    let (first, delta) = (start.reals[0], step.reals[0])
    let steps = ((limit.reals[0] - first) / delta).rounded(.up)
    guard steps.isFinite, steps < 0x1p31 else { throw call.malformed("it has no end") }
    let count = try affordableCount(of: [max(0, Int(steps))], for: call)
    return [Constant(reals: (0..<count).map { first + Float($0) * delta }, shape: [count])]
  }

  /// The number of elements of something that a few bytes of file ask for.
  static func affordableCount(of shape: [Int], for call: OperatorCall) throws(ONNXError) -> Int {
    if shape.contains(where: { $0 < 0 }) { throw call.malformed("no tensor can have the extents \(spelled(shape))") }
    // Sixteen million constants are more than any network states that way, and no trouble to hold.
    guard let count = elementCount(of: shape), count <= 1 << 24 else {
      throw .tooLarge(value: call.node.outputs.first ?? call.node.name, shape: shape)
    }
    return count
  }
}
