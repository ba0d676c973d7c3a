import GraphEngine

/// The operators that repeat and interleave whole axes: reshapes and transpositions in the engine.
extension OperatorTable {
  static func tile(_ call: OperatorCall, _ graph: inout Lowering) throws(ONNXError) -> Value {
    let x = try call.input(0)
    guard let repeats = try call.integers(1, "the repeats"), repeats.count == x.shape.count,
      repeats.allSatisfy({ (1...(1 << 24)).contains($0) })
    else { throw call.malformed("it must repeat each axis a number of times") }
    if repeats.allSatisfy({ $0 == 1 }) { return x }
    // Each axis becomes two, of which the outer one is repeated.
    let split = try graph.add(Reshape(to: x.shape.flatMap { [1, $0] }), [x], for: call)
    let repeated = try graph.add(Expand(to: zip(repeats, x.shape).flatMap { [$0, $1] }), [split], for: call)
    return try graph.add(Reshape(to: zip(repeats, x.shape).map(*)), [repeated], for: call)
  }

  /// `DepthToSpace`: blocks of channels become blocks of positions.
  static func depthToSpace(_ call: OperatorCall, _ graph: inout Lowering) throws(ONNXError) -> Value {
    let x = try call.input(0)
    let (shape, block) = (x.shape, try call.blockSize())
    guard shape.count == 4, shape[1] % (block * block) == 0 else {
      throw call.malformed("\(spelled(shape)) has no blocks of \(block) × \(block) channels")
    }
    let (n, channels, h, w) = (shape[0], shape[1] / (block * block), shape[2], shape[3])
    let isDepthFirst: Bool
    switch try call.attributes.string("mode") ?? "DCR" {
    case "DCR": isDepthFirst = true
    case "CRD": isDepthFirst = false
    case let other: throw call.malformed("its mode is '\(other)'")
    }
    let parts = isDepthFirst ? [n, block, block, channels, h, w] : [n, channels, block, block, h, w]
    let order = isDepthFirst ? [0, 3, 4, 1, 5, 2] : [0, 1, 4, 2, 5, 3]
    let split = try graph.add(Reshape(to: parts), [x], for: call)
    let moved = try graph.add(Transpose(permutation: order), [split], for: call)
    return try graph.add(Reshape(to: [n, channels, h * block, w * block]), [moved], for: call)
  }

  /// `SpaceToDepth`: blocks of positions become blocks of channels.
  static func spaceToDepth(_ call: OperatorCall, _ graph: inout Lowering) throws(ONNXError) -> Value {
    let x = try call.input(0)
    let (shape, block) = (x.shape, try call.blockSize())
    guard shape.count == 4, shape[2] % block == 0, shape[3] % block == 0 else {
      throw call.malformed("\(spelled(shape)) has no blocks of \(block) × \(block) positions")
    }
    let (n, channels, h, w) = (shape[0], shape[1], shape[2] / block, shape[3] / block)
    let mode = try call.attributes.string("mode") ?? "DCR"
    let isDepthFirst = mode == "DCR"
    guard isDepthFirst || mode == "CRD" else { throw call.malformed("its mode is '\(mode)'") }
    let split = try graph.add(Reshape(to: [n, channels, h, block, w, block]), [x], for: call)
    let order = isDepthFirst ? [0, 3, 5, 1, 2, 4] : [0, 1, 3, 5, 2, 4]
    let moved = try graph.add(Transpose(permutation: order), [split], for: call)
    return try graph.add(Reshape(to: [n, channels * block * block, h, w]), [moved], for: call)
  }
}

extension OperatorCall {
  fileprivate func blockSize() throws(ONNXError) -> Int {
    guard let block = try attributes.integer("blocksize"), (1...(1 << 15)).contains(block) else {
      throw malformed("it must have a positive blocksize")
    }
    return block
  }
}
