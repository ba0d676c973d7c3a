import GraphEngine
import Kernels

/// Attention as onnxruntime's optimiser writes it: `softmax(QKᵀ·s + mask + bias)·V`, head by head.
///
/// Source: Vaswani et al. 2017, *Attention Is All You Need*, equation 1.
extension OperatorTable {
  /// `Attention` of onnxruntime: queries, keys and values are one product with packed weights.
  static func packedAttention(_ call: OperatorCall, _ graph: inout Lowering) throws(ONNXError) -> [Value] {
    let product = try graph.add(MatrixProduct(), [try call.input(0), try call.input(1)], for: call)
    let projection = try graph.sum([product, call.optionalInput(2)], for: call)
    return try attention(over: projection, mask: 3, past: 4, bias: 5, call, &graph)
  }

  /// `QAttention`: the same with whole-numbered input and weights.
  static func quantizedAttention(_ call: OperatorCall, _ graph: inout Lowering) throws(ONNXError) -> [Value] {
    let projection = try graph.realProduct(
      try call.input(0), zero: call.optionalInput(6), scale: try call.input(3), try call.input(1),
      zero: call.optionalInput(7), scale: try call.input(4), bias: call.optionalInput(2), for: call)
    return try attention(over: projection, mask: 5, past: 8, bias: nil, call, &graph)
  }

  /// Attention over queries, keys and values side by side, `[images, tokens, …]`.
  private static func attention(
    over projection: Value, mask: Int, past: Int, bias: Int?, _ call: OperatorCall, _ graph: inout Lowering
  ) throws(ONNXError) -> [Value] {
    if try call.attributes.flag("do_rotary") { throw call.unsupported("it turns queries and keys by their place") }
    if try call.attributes.flag("past_present_share_buffer") { throw call.unsupported("it writes into a cache") }
    guard projection.shape.count == 3 else { throw call.malformed("its input is no sequence of tokens") }
    let width = projection.shape[2]
    let sizes = try call.attributes.integers("qkv_hidden_sizes") ?? [Int](repeating: width / 3, count: 3)
    guard sizes.count == 3, sizes.allSatisfy({ (1...width).contains($0) }), sizes.reduce(0, +) == width else {
      throw call.malformed("parts of \(sizes) do not make up \(width) columns")
    }
    let heads = try call.attributes.integer("num_heads") ?? 0
    var (parts, start): ([Value], Int) = ([], 0)
    for size in sizes {
      let part = try graph.part(start..<(start + size), ofLastAxisOf: projection, for: call)
      parts.append(try graph.splitHeads(part, into: heads, for: call))
      start += size
    }
    var states: [Value?] = [nil, nil]
    if let earlier = call.optionalInput(past) { states = try graph.halves(of: earlier, for: call) }
    let attended = try graph.attended(
      AttentionInputs(
        queries: parts[0], keys: parts[1], values: parts[2], earlierKeys: states[0], earlierValues: states[1]),
      mask: call.optionalInput(mask), bias: bias.flatMap { call.optionalInput($0) }, for: call)
    guard call.hasOutput(1) else { return [attended.result] }
    var present: [Value] = []
    for value in [attended.keys, attended.values] {
      present.append(try graph.reshaped(value, to: [1] + value.shape, for: call))
    }
    return [attended.result, try graph.add(Concatenation(axis: 0), present, for: call)]
  }

  /// `MultiHeadAttention`: queries, keys and values each by itself, or packed as `[images, tokens, heads, 3, size]`.
  static func multiHeadAttention(_ call: OperatorCall, _ graph: inout Lowering) throws(ONNXError) -> [Value] {
    if call.optionalInput(8) != nil || call.optionalInput(9) != nil {
      throw call.unsupported("it writes into a cache")
    }
    let heads = try call.attributes.integer("num_heads") ?? 0
    var parts: [Value] = []
    for index in 0..<3 {
      guard let value = call.optionalInput(index) else { break }
      guard value.shape.count != 5 || value.shape[3] <= 3 else {
        throw call.malformed("\(spelled(value.shape)) packs more than queries, keys and values")
      }
      parts += value.shape.count == 5 ? try graph.unpacked(value, for: call) : [value]
    }
    guard parts.count == 3 else { throw call.malformed("it has no queries, keys and values") }
    if let bias = call.optionalInput(3) { try graph.add(bias, to: &parts, for: call) }
    for index in parts.indices where parts[index].shape.count != 4 {
      parts[index] = try graph.splitHeads(parts[index], into: heads, for: call)
    }
    let attended = try graph.attended(
      AttentionInputs(
        queries: parts[0], keys: parts[1], values: parts[2], earlierKeys: call.optionalInput(6),
        earlierValues: call.optionalInput(7)),
      mask: call.optionalInput(4), bias: call.optionalInput(5), for: call)
    return [attended.result, attended.keys, attended.values, attended.weights]
  }
}

/// Queries, keys and values, `[images, heads, tokens, size]`, with the keys and values of earlier tokens.
private struct AttentionInputs {
  let queries: Value
  let keys: Value
  let values: Value
  let earlierKeys: Value?
  let earlierValues: Value?
}

extension Lowering {
  /// What attention computes, `[images, tokens, heads · size]`, the keys and values it looked at, and its weights.
  fileprivate mutating func attended(
    _ inputs: AttentionInputs, mask: Value?, bias: Value?, for call: OperatorCall
  ) throws(ONNXError) -> (result: Value, keys: Value, values: Value, weights: Value) {
    var (keys, values) = (inputs.keys, inputs.values)
    let past = inputs.earlierKeys?.shape.dropFirst(2).first ?? 0
    if let earlier = inputs.earlierKeys { keys = try add(Concatenation(axis: 2), [earlier, keys], for: call) }
    if let earlier = inputs.earlierValues { values = try add(Concatenation(axis: 2), [earlier, values], for: call) }
    let stated = try call.attributes.real("scale") ?? 0
    let scale = stated == 0 ? 1 / Float(inputs.queries.shape[3]).squareRoot() : stated
    var scores = try scores(of: inputs.queries, keys, scale: scale, for: call)
    let (tokens, seen) = (scores.shape[2], scores.shape[3])
    if let mask, let penalty = try penalty(of: mask, like: scores, for: call) {
      scores = try add(Arithmetic(.add), [scores, penalty], for: call)
    }
    if try call.attributes.flag("unidirectional") {
      let window = try hidden(tokens, seen, for: call) { query, key in key > query + past }
      scores = try add(Arithmetic(.add), [scores, window], for: call)
    }
    if let bias { scores = try add(Arithmetic(.add), [scores, bias], for: call) }
    let weights = try add(Softmax(axis: 3), [scores], for: call)
    let product = try add(MatrixProduct(), [weights, values], for: call)
    return (try joinedHeads(product, for: call), keys, values, weights)
  }

  /// What is added to scores where a mask says 0, or beyond the lengths it states; `nil` where it hides nothing.
  private mutating func penalty(
    of mask: Value, like scores: Value, for call: OperatorCall
  ) throws(ONNXError) -> Value? {
    let filter = try call.attributes.real("mask_filter_value") ?? -10000
    let (images, queries, keys) = (scores.shape[0], scores.shape[2], scores.shape[3])
    let shape: [Int]
    switch mask.shape {
    case [images]: return try lengths(of: mask, images, keys, filter, for: call)
    case [2 * images]: return try lengths(of: mask, images, keys, filter, for: call)
    case [images, keys], [1, keys]: shape = [mask.shape[0], 1, 1, keys]
    case [images, queries, keys], [1, queries, keys]: shape = [mask.shape[0], 1, queries, keys]
    default: throw call.unsupported("its mask is \(spelled(mask.shape))")
    }
    if let constant = mask.constant, constant.reals.allSatisfy({ $0 > 0 }) { return nil }
    let isSeen = try add(Comparison(.greater), [mask, .scalar(0)], for: call, as: .bool)
    let penalties = try add(Selection(), [isSeen, .scalar(0), .scalar(filter)], for: call, as: .float32)
    return try reshaped(penalties, to: shape, for: call)
  }

  /// A mask that states where the tokens of each image end and, behind those numbers, where they begin.
  private func lengths(
    of mask: Value, _ images: Int, _ keys: Int, _ filter: Float, for call: OperatorCall
  ) throws(ONNXError) -> Value? {
    guard let numbers = mask.constant?.integers else {
      throw call.unsupported("how many tokens it looks at depends on the image")
    }
    let penalties = (0..<images * keys).map { place -> Float in
      let (image, key) = (place / keys, place % keys)
      let start = numbers.count > images ? numbers[images + image] : 0
      return key < start || key >= numbers[image] ? filter : 0
    }
    if penalties.allSatisfy({ $0 == 0 }) { return nil }
    return .constant(Constant(reals: penalties, shape: [images, 1, 1, keys]), name: "")
  }

  /// Keys and values side by side along a first axis of two.
  fileprivate mutating func halves(of states: Value, for call: OperatorCall) throws(ONNXError) -> [Value?] {
    guard states.shape.count == 5, states.shape[0] == 2 else { throw call.malformed("its past has no two parts") }
    var parts: [Value?] = []
    for index in 0..<2 {
      let picked = Gather(indices: [index], indicesShape: [], axis: 0)
      parts.append(try add(picked, [states], for: call))
    }
    return parts
  }

  /// The parts of `[images, tokens, heads, parts, size]`, each as `[images, heads, tokens, size]`.
  fileprivate mutating func unpacked(_ x: Value, for call: OperatorCall) throws(ONNXError) -> [Value] {
    var parts: [Value] = []
    for index in 0..<x.shape[3] {
      let part = try add(Gather(indices: [index], indicesShape: [], axis: 3), [x], for: call)
      parts.append(try add(Transpose(permutation: [0, 2, 1, 3]), [part], for: call))
    }
    return parts
  }

  /// Adds its part of a bias to each of queries, keys and values; those that are split into heads have none.
  fileprivate mutating func add(_ bias: Value, to parts: inout [Value], for call: OperatorCall) throws(ONNXError) {
    var start = 0
    for index in parts.indices where parts[index].shape.count == 3 {
      let width = parts[index].shape[2]
      guard bias.shape.count == 1, start + width <= bias.shape[0] else {
        throw call.malformed("a bias of \(spelled(bias.shape)) is too short")
      }
      let part = try part(start..<(start + width), ofLastAxisOf: bias, for: call)
      parts[index] = try add(Arithmetic(.add), [parts[index], part], for: call)
      start += width
    }
  }
}
