import GraphEngine
import Kernels

/// Attention of several heads: `softmax(QKᵀ/√d)·V` of projected queries, keys and values, projected once more.
///
/// Source: Vaswani et al. 2017, *Attention Is All You Need*, section 3.2.
extension Layers {
  static func multiHeadAttentionVariables(_ layer: LayerDescription) throws(KerasError) -> [Variable] {
    let hasBias = try layer.flag("use_bias", default: true)
    return ["query", "key", "value", "output"].flatMap { part in
      let kernel = Variable("\(part)_kernel", alias: "kernel", place: "\(part)_dense/vars/0")
      let bias = Variable("\(part)_bias", alias: "bias", place: "\(part)_dense/vars/1")
      return hasBias ? [kernel, bias] : [kernel]
    }
  }

  static func multiHeadAttention(_ call: LayerCall, _ graph: inout Lowering) throws(KerasError) -> Value {
    for setting in ["use_gate", "sliding_window"] where call.layer.config[setting].real ?? 0 != 0 {
      throw call.unsupported("its '\(setting)' is set")
    }
    for name in ["attention_mask", "query_mask", "key_mask", "value_mask"] {
      guard let mask = call.invocation.keywords[name] else { continue }
      guard mask.json?.isNull == true else { throw call.unsupported("it is given an \(name)") }
    }
    if call.setting("return_attention_scores").real ?? 0 != 0 { throw call.unsupported("it hands out its scores") }
    guard let query = call.tensors(at: 0, or: "query").first, let value = call.tensors(at: 1, or: "value").first else {
      throw call.malformed("it has no query and value")
    }
    let key = call.tensors(at: 2, or: "key").first ?? value
    let layout = try AttentionLayout(call, rank: query.rank)
    guard [key, value].allSatisfy({ $0.rank == query.rank }) else {
      throw call.malformed("its query, key and value differ in their numbers of axes")
    }
    let heads = try call.layer.integer("num_heads")
    var parts: [Value] = []
    for (x, part) in zip([query, key, value], ["query", "key", "value"]) {
      let size = try call.layer.integer(
        part == "value" && !call.layer.config["value_dim"].isNull ? "value_dim" : "key_dim")
      let projected = try projection(of: x, part, to: [heads, size], call, &graph)
      parts.append(try layout.heads(projected, heads, part, call, &graph))
    }
    let scale = 1 / Float(try call.layer.integer("key_dim")).squareRoot()
    let attended = try attended(
      parts[0], parts[1], parts[2], scale: scale, isCausal: call.setting("use_causal_mask").real ?? 0 != 0, call,
      &graph)
    let joined = try layout.joined(attended, like: query, call, &graph)
    guard let kernel = call.weights["output_kernel"], let width = kernel.shape.last, kernel.shape.count == 3 else {
      throw call.unsupported("its output_shape has several axes")
    }
    let flat = try call.weight("output_kernel", shape: [heads, parts[2].extents[3], width])
    let isMoved = graph.moves(rank: joined.rank)
    let matrix = graph.constant(flat.reshaped([heads * parts[2].extents[3], width]), call.inner("output_kernel"))
    let bias = try bias("output_bias", [width], call, &graph)
    let name = isMoved || bias != nil ? call.inner("projected") : call.output
    var result = try graph.add(MatrixProduct(), [joined, matrix], to: name, for: call)
    if let bias {
      let name = isMoved ? call.inner("biased") : call.output
      result = try graph.add(Arithmetic(.add), [result, bias], to: name, for: call)
    }
    return isMoved ? try graph.finish(result, for: call) : result
  }

  /// A tensor in Keras' order with its last axis projected to heads side by side.
  private static func projection(
    of x: Value, _ part: String, to shape: [Int], _ call: LayerCall, _ graph: inout Lowering
  ) throws(KerasError) -> Value {
    let x = try graph.unmoved(x, for: call)
    let (width, columns) = (x.extents[x.rank - 1], shape.reduce(1, *))
    let kernel = try call.weight("\(part)_kernel", shape: [width] + shape).reshaped([width, columns])
    let matrix = graph.constant(kernel, call.inner("\(part)_kernel"))
    let product = try graph.add(MatrixProduct(), [x, matrix], to: call.inner("\(part)_product"), for: call)
    guard let bias = try bias("\(part)_bias", shape, call, &graph) else { return product }
    return try graph.add(Arithmetic(.add), [product, bias], to: call.inner(part), for: call)
  }

  private static func bias(
    _ name: String, _ shape: [Int], _ call: LayerCall, _ graph: inout Lowering
  ) throws(KerasError) -> Value? {
    guard try call.layer.flag("use_bias", default: true) else { return nil }
    let bias = try call.weight(name, shape: shape).reshaped([shape.reduce(1, *)])
    return graph.constant(bias, call.inner(name))
  }

  /// `softmax(s·QKᵀ)·V` along the last two axes; where causal, a query sees no key behind it.
  static func attended(
    _ queries: Value, _ keys: Value, _ values: Value, scale: Float, isCausal: Bool, _ call: LayerCall,
    _ graph: inout Lowering
  ) throws(KerasError) -> Value {
    var order = Array(0..<keys.rank)
    order.swapAt(keys.rank - 1, keys.rank - 2)
    let turned = try graph.add(Transpose(permutation: order), [keys], to: call.inner("keys"), for: call)
    let products = try graph.add(MatrixProduct(), [queries, turned], to: call.inner("products"), for: call)
    let scores = try graph.add(
      ElementwiseFunction(.linear(scale, 0)), [products], to: call.inner("scores"), for: call)
    return try weighted(values, by: scores, isCausal: isCausal, call, &graph)
  }

  /// `softmax(scores)·V`.
  static func weighted(
    _ values: Value, by scores: Value, isCausal: Bool, to name: String? = nil, _ call: LayerCall,
    _ graph: inout Lowering
  ) throws(KerasError) -> Value {
    var scores = scores
    if isCausal {
      let (queries, keys) = (scores.extents[scores.rank - 2], scores.extents[scores.rank - 1])
      guard let count = elementCount(of: [queries, keys]), count <= 1 << 24 else {
        throw .tooLarge(value: call.output, shape: [queries, keys])
      }
      let hidden = (0..<count).map { $0 % keys > $0 / keys ? -Float.infinity : 0 }
      let mask = graph.constant(NDArray(hidden, shape: [queries, keys]), call.inner("causal"))
      scores = try graph.add(Arithmetic(.add), [scores, mask], to: call.inner("masked"), for: call)
    }
    let weights = try graph.add(Softmax(axis: scores.rank - 1), [scores], to: call.inner("weights"), for: call)
    return try graph.add(MatrixProduct(), [weights, values], to: name ?? call.inner("attended"), for: call)
  }
}

/// Which of Keras' axes are attended over; the others, the last apart, are looked at one by one like images.
private struct AttentionLayout {
  private let attended: [Int]
  private let others: [Int]
  private let rank: Int

  init(_ call: LayerCall, rank: Int) throws(KerasError) {
    let setting = call.layer.config["attention_axes"]
    let axes = setting.isNull ? Array(1..<max(1, rank - 1)) : try call.axes(setting, rank: rank)
    guard rank >= 3, !axes.contains(rank - 1) else { throw call.malformed("it attends over axes \(axes) of \(rank)") }
    (attended, others, self.rank) = (axes, (1..<(rank - 1)).filter { !axes.contains($0) }, rank)
  }

  private var order: [Int] { [0] + others + attended + [rank - 1] }

  private func count(_ axes: [Int], _ x: Value) -> Int { axes.reduce(1) { $0 * x.extents[$1] } }

  /// `[…, heads · size]` as `[images, heads, tokens, size]`.
  func heads(
    _ x: Value, _ heads: Int, _ part: String, _ call: LayerCall, _ graph: inout Lowering
  ) throws(KerasError) -> Value {
    var y = x
    if order != Array(0..<rank) {
      y = try graph.add(Transpose(permutation: order), [y], to: call.inner("\(part)_turned"), for: call)
    }
    let shape = [x.extents[0] * count(others, x), count(attended, x), heads, x.extents[rank - 1] / heads]
    y = try graph.add(Reshape(to: shape), [y], to: call.inner("\(part)_split"), for: call)
    return try graph.add(Transpose(permutation: [0, 2, 1, 3]), [y], to: call.inner("\(part)_heads"), for: call)
  }

  /// `[images, heads, tokens, size]` as the query's axes, the last of them `heads · size`.
  func joined(
    _ x: Value, like query: Value, _ call: LayerCall, _ graph: inout Lowering
  ) throws(KerasError) -> Value {
    let turned = try graph.add(Transpose(permutation: [0, 2, 1, 3]), [x], to: call.inner("turned"), for: call)
    let extents = query.shape
    let shape = ([0] + others + attended).map { extents[$0] } + [x.extents[1] * x.extents[3]]
    let joined = try graph.add(Reshape(to: shape), [turned], to: call.inner("joined"), for: call)
    if order == Array(0..<rank) { return joined }
    let back = order.indices.map { order.firstIndex(of: $0)! }
    return try graph.add(Transpose(permutation: back), [joined], to: call.inner("places"), for: call)
  }
}
