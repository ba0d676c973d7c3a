/// Operators that move numbers and change none.
extension ConstantFolding {
  private static func source(_ call: OperatorCall) throws(ONNXError) -> Constant {
    guard let constant = try call.input(0).constant else { throw call.malformed("its input is unknown") }
    return constant
  }

  static func identity(_ call: OperatorCall) throws(ONNXError) -> [Constant] { [try source(call)] }

  static func reshape(_ call: OperatorCall) throws(ONNXError) -> [Constant] {
    let source = try source(call)
    return [source.reshaped(try call.reshapeTarget(from: source.shape))]
  }

  static func flatten(_ call: OperatorCall) throws(ONNXError) -> [Constant] {
    let source = try source(call)
    return [source.reshaped(try call.flattened(source.shape))]
  }

  static func squeeze(_ call: OperatorCall) throws(ONNXError) -> [Constant] {
    let source = try source(call)
    return [source.reshaped(try call.squeezed(source.shape))]
  }

  static func unsqueeze(_ call: OperatorCall) throws(ONNXError) -> [Constant] {
    let source = try source(call)
    return [source.reshaped(try call.unsqueezed(source.shape))]
  }

  static func transpose(_ call: OperatorCall) throws(ONNXError) -> [Constant] {
    let source = try source(call)
    let permutation = try call.permutation(rank: source.shape.count)
    let strides = rowMajorStrides(of: source.shape)
    let shape = permutation.map { source.shape[$0] }
    return [source.picking(places(over: shape, strides: permutation.map { strides[$0] }), shape: shape)]
  }

  static func slice(_ call: OperatorCall) throws(ONNXError) -> [Constant] {
    let source = try source(call)
    let bounds = try call.sliceBounds(of: source.shape)
    let strides = rowMajorStrides(of: source.shape)
    let shape = source.shape.indices.map { axis in
      let (span, step) = (bounds.ends[axis] - bounds.starts[axis], bounds.steps[axis])
      return max(0, (span + step - step.signum()) / step)
    }
    let origin = zip(bounds.starts, strides).reduce(0) { $0 + $1.0 * $1.1 }
    let steps = zip(bounds.steps, strides).map(*)
    return [source.picking(places(over: shape, strides: steps, origin: origin), shape: shape)]
  }

  static func gather(_ call: OperatorCall) throws(ONNXError) -> [Constant] {
    let source = try source(call)
    let axis = try call.axis(try call.attributes.integer("axis") ?? 0, rank: source.shape.count)
    guard let indices = try call.constant(1, "the indices"), let numbers = indices.integers else {
      throw call.malformed("it has no indices")
    }
    let picked = try call.indices(numbers, into: source.shape[axis])
    let shape = source.shape[..<axis] + indices.shape + source.shape[(axis + 1)...]
    _ = try affordableCount(of: Array(shape), for: call)
    let inner = source.shape[(axis + 1)...].reduce(1, *)
    let places = (0..<source.shape[..<axis].reduce(1, *)).flatMap { outer in
      picked.flatMap { index in
        let start = (outer * source.shape[axis] + index) * inner
        return start..<(start + inner)
      }
    }
    return [source.picking(places, shape: Array(shape))]
  }

  static func split(_ call: OperatorCall) throws(ONNXError) -> [Constant] {
    let source = try source(call)
    let axis = try call.axis(try call.attributes.integer("axis") ?? 0, rank: source.shape.count)
    let strides = rowMajorStrides(of: source.shape)
    var start = 0
    var parts: [Constant] = []
    for size in try call.splitSizes(of: source.shape[axis]) {
      var shape = source.shape
      shape[axis] = size
      parts.append(source.picking(places(over: shape, strides: strides, origin: start * strides[axis]), shape: shape))
      start += size
    }
    return parts
  }

  static func expand(_ call: OperatorCall) throws(ONNXError) -> [Constant] {
    let source = try source(call)
    let shape = try call.expanded(source.shape)
    _ = try affordableCount(of: shape, for: call)
    return [source.broadcast(to: shape)]
  }

  static func tile(_ call: OperatorCall) throws(ONNXError) -> [Constant] {
    let source = try source(call)
    guard let repeats = try call.integers(1, "the repeats"), repeats.count == source.shape.count,
      repeats.allSatisfy({ (0...(1 << 24)).contains($0) })
    else { throw call.malformed("it must repeat each axis a number of times") }
    // Each axis becomes two, of which the outer one stands still.
    let strides = rowMajorStrides(of: source.shape)
    let pairs = zip(repeats, source.shape).flatMap { [$0, $1] }
    _ = try affordableCount(of: pairs, for: call)
    let shape = zip(repeats, source.shape).map(*)
    return [source.picking(places(over: pairs, strides: strides.flatMap { [0, $0] }), shape: shape)]
  }

  static func concatenation(_ call: OperatorCall) throws(ONNXError) -> [Constant] {
    let parts = call.inputs.compactMap { $0?.constant }
    guard let first = parts.first, parts.count == call.inputs.count else { throw call.malformed("it has no input") }
    let axis = try call.axis(try call.attributes.integer("axis") ?? 1, rank: first.shape.count)
    var shape = first.shape
    shape[axis] = 0
    for part in parts {
      guard part.shape.count == shape.count,
        shape.indices.allSatisfy({ $0 == axis || part.shape[$0] == shape[$0] })
      else { throw call.malformed("its inputs differ beside axis \(axis)") }
      shape[axis] += part.shape[axis]
    }
    let outer = shape[..<axis].reduce(1, *)
    func joined<T>(_ lists: [[T]]) -> [T] {
      (0..<outer).flatMap { row in
        lists.flatMap { list in
          let width = list.count / max(outer, 1)
          return list[(row * width)..<((row + 1) * width)]
        }
      }
    }
    let integers = parts.compactMap(\.integers)
    if integers.count == parts.count {
      return [Constant(integers: joined(integers), shape: shape, type: first.type)]
    }
    return [Constant(reals: joined(parts.map(\.reals)), shape: shape, type: first.type)]
  }

  static func nonZero(_ call: OperatorCall) throws(ONNXError) -> [Constant] {
    let source = try source(call)
    let strides = rowMajorStrides(of: source.shape)
    let found = source.reals.enumerated().filter { $0.element != 0 }.map(\.offset)
    let indices = source.shape.indices.flatMap { axis in
      found.map { $0 / strides[axis] % source.shape[axis] }
    }
    return [Constant(integers: indices, shape: [source.shape.count, found.count])]
  }
}

extension Constant {
  /// The tensor repeated along the axes where it has extent 1, to a shape it broadcasts to.
  func broadcast(to target: [Int]) -> Constant {
    if target == shape { return self }
    let missing = target.count - shape.count
    let strides = rowMajorStrides(of: shape)
    let steps = target.indices.map { axis in
      axis < missing || shape[axis - missing] == 1 ? 0 : strides[axis - missing]
    }
    return picking(places(over: target, strides: steps), shape: target)
  }
}
