import GraphEngine
import Kernels

extension OperatorTable {
  /// `Attention`, head by head, as matrix products and a softmax: `softmax(QKᵀ·s + mask)·V`.
  ///
  /// Source: Vaswani et al. 2017, *Attention Is All You Need*, equation 1.
  static func attention(_ call: OperatorCall, _ graph: inout Lowering) throws(ONNXError) -> [Value] {
    if call.optionalInput(6) != nil { throw call.unsupported("it masks tokens by their number in each sample") }
    let isFlat = try call.input(0).shape.count == 3
    let queries = try graph.heads(of: 0, "q_num_heads", for: call)
    var (keys, values) = (
      try graph.heads(of: 1, "kv_num_heads", for: call), try graph.heads(of: 2, "kv_num_heads", for: call)
    )
    let past = call.optionalInput(4)?.shape.dropFirst(2).first ?? 0
    if let earlierKeys = call.optionalInput(4), let earlierValues = call.optionalInput(5) {
      keys = try graph.add(Concatenation(axis: 2), [earlierKeys, keys], for: call)
      values = try graph.add(Concatenation(axis: 2), [earlierValues, values], for: call)
    }
    let present = [keys, values]
    keys = try graph.repeatedHeads(keys, like: queries, for: call)
    values = try graph.repeatedHeads(values, like: queries, for: call)

    let size = Float(queries.shape[3])
    let scale = try call.attributes.real("scale") ?? 1 / size.squareRoot()
    let raw = try graph.scores(of: queries, keys, scale: scale, for: call)
    let capped = try graph.capped(raw, for: call)
    let biased = try graph.masked(capped, past: past, for: call)
    let weights = try graph.add(Softmax(axis: 3), [biased], for: call)
    var result = try graph.add(MatrixProduct(), [weights, values], for: call)
    if isFlat { result = try graph.joinedHeads(result, for: call) }
    let stages = [raw, capped, biased, weights]
    let mode = try call.attributes.integer("qk_matmul_output_mode") ?? 0
    guard stages.indices.contains(mode) else { throw call.malformed("its qk_matmul_output_mode is \(mode)") }
    // What the modes 1 and 2 mean changed between opsets.
    if call.hasOutput(3), mode == 1 || mode == 2, call.opset < 25 {
      throw call.unsupported("it hands out its scores between cap and mask")
    }
    return [result] + present + [stages[mode]]
  }
}

extension Lowering {
  /// `s·QKᵀ` of queries and keys `[images, heads, tokens, size]`.
  mutating func scores(
    of queries: Value, _ keys: Value, scale: Float, for call: OperatorCall
  ) throws(ONNXError) -> Value {
    let scaled = try add(Arithmetic(.multiply), [queries, .scalar(scale)], for: call)
    let turned = try add(Transpose(permutation: [0, 1, 3, 2]), [keys], for: call)
    return try add(MatrixProduct(), [scaled, turned], for: call)
  }

  /// `[images, tokens, heads · size]` as `[images, heads, tokens, size]`.
  mutating func splitHeads(_ x: Value, into heads: Int, for call: OperatorCall) throws(ONNXError) -> Value {
    guard x.shape.count == 3, heads > 0, x.shape[2] % heads == 0 else {
      throw call.malformed("\(spelled(x.shape)) does not hold \(heads) heads")
    }
    let parts = try add(Reshape(to: [x.shape[0], x.shape[1], heads, x.shape[2] / heads]), [x], for: call)
    return try add(Transpose(permutation: [0, 2, 1, 3]), [parts], for: call)
  }

  /// `[images, heads, tokens, size]` as `[images, tokens, heads · size]`.
  mutating func joinedHeads(_ x: Value, for call: OperatorCall) throws(ONNXError) -> Value {
    let shape = x.shape
    let turned = try add(Transpose(permutation: [0, 2, 1, 3]), [x], for: call)
    return try add(Reshape(to: [shape[0], shape[2], shape[1] * shape[3]]), [turned], for: call)
  }

  /// −∞ where a query may not look at a key, 0 elsewhere: `[queries, keys]`.
  func hidden(
    _ queries: Int, _ keys: Int, for call: OperatorCall, where isHidden: (_ query: Int, _ key: Int) -> Bool
  ) throws(ONNXError) -> Value {
    _ = try ConstantFolding.affordableCount(of: [queries, keys], for: call)
    let numbers = (0..<(queries * keys)).map { isHidden($0 / keys, $0 % keys) ? -Float.infinity : 0 }
    return .constant(Constant(reals: numbers, shape: [queries, keys]), name: "")
  }

  /// An input as `[images, heads, tokens, size]`; three axes hold the heads side by side.
  fileprivate mutating func heads(
    of index: Int, _ attribute: String, for call: OperatorCall
  ) throws(ONNXError) -> Value {
    let x = try call.input(index)
    if x.shape.count == 4 { return x }
    guard x.shape.count == 3, let heads = try call.attributes.integer(attribute), heads > 0, x.shape[2] % heads == 0
    else { throw call.malformed("\(spelled(x.shape)) does not hold its \(attribute)") }
    return try splitHeads(x, into: heads, for: call)
  }

  /// Keys or values with each head repeated for all queries' heads that share it.
  fileprivate mutating func repeatedHeads(
    _ x: Value, like queries: Value, for call: OperatorCall
  ) throws(ONNXError) -> Value {
    let (heads, wanted) = (x.shape[1], queries.shape[1])
    if heads == wanted { return x }
    guard heads > 0, wanted % heads == 0 else { throw call.malformed("\(wanted) heads cannot share \(heads)") }
    let column = try add(Reshape(to: [x.shape[0], heads, 1] + x.shape[2...]), [x], for: call)
    let repeated = try add(Expand(to: [x.shape[0], heads, wanted / heads] + x.shape[2...]), [column], for: call)
    return try add(Reshape(to: [x.shape[0], wanted] + x.shape[2...]), [repeated], for: call)
  }

  /// `c·tanh(x/c)`, which keeps scores within ±c.
  fileprivate mutating func capped(_ x: Value, for call: OperatorCall) throws(ONNXError) -> Value {
    guard let cap = try call.attributes.real("softcap"), cap > 0 else { return x }
    let shrunk = try add(Arithmetic(.multiply), [x, .scalar(1 / cap)], for: call)
    let bent = try add(ElementwiseFunction(.tanh), [shrunk], for: call)
    return try add(Arithmetic(.multiply), [bent, .scalar(cap)], for: call)
  }

  /// Scores with −∞ where a query may not look.
  fileprivate mutating func masked(_ scores: Value, past: Int, for call: OperatorCall) throws(ONNXError) -> Value {
    var scores = scores
    let (queries, keys) = (scores.shape[2], scores.shape[3])
    if let mask = call.optionalInput(3) {
      guard mask.shape.last == keys else { throw call.unsupported("its mask covers only some of the tokens") }
      var bias = mask
      if mask.type == .bool {
        bias = try add(Selection(), [mask, .scalar(0), .scalar(-.infinity)], for: call, as: .float32)
      }
      if let constant = bias.constant, let rows = constant.shape.last,
        stride(from: 0, to: constant.count, by: rows).contains(where: { start in
          constant.reals[start..<(start + rows)].allSatisfy { $0 == -.infinity }
        })
      {
        throw call.unsupported("it masks all tokens for some query")
      }
      scores = try add(Arithmetic(.add), [scores, bias], for: call)
    }
    let isCausal = try call.attributes.flag("is_causal")
    let before = try call.attributes.integer("left_window_size") ?? -1
    let after = try call.attributes.integer("right_window_size") ?? -1
    guard isCausal || before >= 0 || after >= 0 else { return scores }
    let window = try hidden(queries, keys, for: call) { query, key in
      let distance = key - query - past
      return isCausal && distance > 0 || before >= 0 && -distance > before || after >= 0 && distance > after
    }
    return try add(Arithmetic(.add), [scores, window], for: call)
  }
}
