import GraphEngine
import Kernels

/// Branches and loops whose course is known beforehand: the graph inside is lowered in the node's place.
extension ONNXModel {
  /// - Returns: Whether the node was one of these.
  func lowerControlFlow(_ call: OperatorCall, into lowering: inout Lowering) throws(ONNXError) -> Bool {
    guard call.node.domain.isEmpty else { return false }
    let results: [Value]
    switch call.node.type {
    case "If": results = try branch(call, &lowering)
    case "Loop": results = try loop(call, &lowering)
    default: return false
    }
    // Results keep the names they have inside.
    try lowering.bind(results, of: call, since: lowering.graph.nodes.count)
    return true
  }

  private func branch(_ call: OperatorCall, _ lowering: inout Lowering) throws(ONNXError) -> [Value] {
    guard let condition = try call.scalar(0, "which branch it takes") else {
      throw call.malformed("it has no condition")
    }
    let branch = try call.attributes.graph(condition != 0 ? "then_branch" : "else_branch")
    guard let branch, branch.outputs.count == call.node.outputs.count else {
      throw call.malformed("its branch does not make up its outputs")
    }
    return try run(branch, with: [], for: call, &lowering)
  }

  /// Unrolls a loop: its number of rounds and its condition must not depend on the image.
  private func loop(_ call: OperatorCall, _ lowering: inout Lowering) throws(ONNXError) -> [Value] {
    guard let body = try call.attributes.graph("body"), body.inputs.count == call.inputs.count,
      body.inputs.count >= 2, body.outputs.count + 1 >= body.inputs.count
    else { throw call.malformed("its body does not fit its inputs") }
    let rounds = try call.integers(0, "how often it runs")?.first ?? .max
    var goesOn = try call.scalar(1, "whether it runs").map { $0 != 0 } ?? true
    var carried: [Value] = []
    for index in call.inputs.indices.dropFirst(2) { carried.append(try call.input(index)) }
    var scanned = [[Value]](repeating: [], count: body.outputs.count - 1 - carried.count)
    var round = 0
    while goesOn, round < rounds {
      // More rounds than any network for images has layers.
      guard round < 1024 else { throw call.unsupported("it runs more than 1024 times") }
      let number = Value.constant(Constant(integers: [round], shape: []), name: "")
      let truth = Value.constant(Constant(integers: [1], shape: [], type: .bool), name: "")
      let results = try run(body, with: [number, truth] + carried, for: call, &lowering)
      guard let condition = results[0].constant, condition.count == 1 else {
        throw call.unsupported("how often it runs depends on the image")
      }
      goesOn = condition.reals[0] != 0
      carried = Array(results[1..<(1 + carried.count)])
      for (index, value) in results[(1 + carried.count)...].enumerated() {
        scanned[index].append(try lowering.reshaped(value, to: [1] + value.shape, for: call))
      }
      round += 1
    }
    var results = carried
    for values in scanned {
      guard let first = values.first else { throw call.unsupported("it never runs, which leaves its result empty") }
      results.append(values.count == 1 ? first : try lowering.add(Concatenation(axis: 0), values, for: call))
    }
    return results
  }

  private func run(
    _ graph: FileGraph, with inputs: [Value], for call: OperatorCall, _ lowering: inout Lowering
  ) throws(ONNXError) -> [Value] {
    try lowering.unroll(graph.nodes.count, for: call)
    let outside = lowering.enter(graph, with: inputs)
    for node in graph.nodes { try lower(node, into: &lowering) }
    var results: [Value] = []
    for name in graph.outputs { results.append(try lowering.value(name, readBy: call.node.label)) }
    lowering.leave(to: outside)
    return results
  }
}
