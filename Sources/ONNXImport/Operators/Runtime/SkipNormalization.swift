import GraphEngine
import Kernels

/// Normalisations into which onnxruntime's optimiser has taken a residual sum, an activation or the embeddings.
extension OperatorTable {
  /// `SkipLayerNormalization`: of `x + skip + bias`, which is the fourth output.
  static func skipLayerNormalization(_ call: OperatorCall, _ graph: inout Lowering) throws(ONNXError) -> [Value] {
    let x = try graph.sum([try call.input(0), try call.input(1), call.optionalInput(4)], for: call)
    let inner = call.with(
      inputs: [x, try call.input(2), call.optionalInput(3)],
      attributes: ["axis": .integer(-1), "epsilon": .real(try call.runtimeEpsilon())])
    let results = try layerNormalization(inner, &graph)
    return results + [Value](repeating: x, count: 4 - results.count)
  }

  /// `SkipSimplifiedLayerNormalization`: by root mean squares.
  static func skipRootMeanSquareNormalization(
    _ call: OperatorCall, _ graph: inout Lowering
  ) throws(ONNXError) -> [Value] {
    if call.hasOutput(1) || call.hasOutput(2) { throw call.unsupported("it hands out its statistics") }
    let x = try graph.sum([try call.input(0), try call.input(1), call.optionalInput(3)], for: call)
    let inner = call.with(
      inputs: [x, try call.input(2)], attributes: ["axis": .integer(-1), "epsilon": .real(try call.runtimeEpsilon())])
    return [try rootMeanSquareNormalization(inner, &graph), x, x, x]
  }

  /// `EmbedLayerNormalization`: the sum of what words, positions and segments are looked up as, normalised.
  static func embeddedNormalization(_ call: OperatorCall, _ graph: inout Lowering) throws(ONNXError) -> [Value] {
    if call.hasOutput(1), call.optionalInput(7) != nil { throw call.unsupported("it hands out the length of its mask") }
    let shape = try call.input(0).shape
    guard shape.count == 2 else { throw call.malformed("its words are \(spelled(shape))") }
    _ = try ConstantFolding.affordableCount(of: shape, for: call)
    let counted = Constant(integers: Array(0..<shape[1]), shape: [1, shape[1]])
    let positions = call.optionalInput(8) ?? .constant(counted, name: "")
    func looked(up ids: Value?, in index: Int) throws(ONNXError) -> Value? {
      guard let ids, let table = call.optionalInput(index) else { return nil }
      return try gather(call.with(inputs: [table, ids], attributes: ["axis": .integer(0)]), &graph)
    }
    let terms = [
      try looked(up: call.input(0), in: 2), try looked(up: positions, in: 3),
      try looked(up: call.optionalInput(1), in: 4),
    ]
    let x = try graph.sum(terms, for: call)
    let inner = call.with(
      inputs: [x, try call.input(5), try call.input(6)],
      attributes: ["axis": .integer(-1), "epsilon": .real(try call.runtimeEpsilon())])
    return [try layerNormalization(inner, &graph)[0], x, x]
  }

  /// `GroupNorm`, channels last unless the file says otherwise, then perhaps a SiLU.
  static func groupNorm(_ call: OperatorCall, _ graph: inout Lowering) throws(ONNXError) -> Value {
    try normalizedGroups(of: try call.input(0), call, &graph)
  }

  /// `SkipGroupNorm`: of `x + skip + bias`, which is the second output.
  static func skipGroupNorm(_ call: OperatorCall, _ graph: inout Lowering) throws(ONNXError) -> [Value] {
    let x = try call.input(0)
    var skip = try call.input(3)
    if skip.shape.count == 2 { skip = try graph.reshaped(skip, to: [skip.shape[0], 1, 1, skip.shape[1]], for: call) }
    guard try call.attributes.flag("channels_last", default: true) || skip.shape == x.shape else {
      throw call.unsupported("it adds \(spelled(skip.shape)) to \(spelled(x.shape)), whose channels come first")
    }
    let sum = try graph.sum([x, skip, call.optionalInput(4)], for: call)
    return [try normalizedGroups(of: sum, call, &graph), sum]
  }

  private static func normalizedGroups(
    of x: Value, _ call: OperatorCall, _ graph: inout Lowering
  ) throws(ONNXError) -> Value {
    let isChannelsLast = try call.attributes.flag("channels_last", default: true)
    let image = isChannelsLast ? try graph.channelsFirst(x, for: call) : x
    // Since opset 21 of ONNX's own operator, scale and shift have a number for each channel.
    let inner = call.with(
      inputs: [image, try call.input(1), try call.input(2)], opset: 21,
      attributes: ["num_groups": .integer(try call.attributes.integer("groups") ?? 0)])
    var result = try groupNormalization(inner, &graph)
    if isChannelsLast { result = try graph.channelsLast(result, for: call) }
    switch try call.attributes.integer("activation") ?? 0 {
    case 0: return result
    case 1: return try graph.add(ElementwiseFunction(.silu), [result], for: call)
    case let other: throw call.malformed("its activation is number \(other)")
    }
  }
}

extension OperatorCall {
  /// What onnxruntime's own normalisations add to a variance: 1e−12 unless the file says otherwise.
  fileprivate func runtimeEpsilon() throws(ONNXError) -> Float { try attributes.real("epsilon") ?? 1e-12 }
}
