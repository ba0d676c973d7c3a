import GraphEngine
import Kernels

/// `Attention` and `AdditiveAttention`, of one head and without projections.
extension Layers {
  static func attentionVariables(_ layer: LayerDescription) throws(KerasError) -> [Variable] {
    let isAdditive = layer.className == "AdditiveAttention"
    var variables = try layer.flag("use_scale", default: isAdditive) ? [Variable("scale")] : []
    if layer.config["score_mode"].text == "concat" { variables.append(Variable("concat_score_weight")) }
    return variables
  }

  /// Scores are `q·k`, or `Σ tanh(q + k)` of Luong's and Bahdanau's kind; the key is the value unless a third tensor is
  /// given.
  static func attention(_ call: LayerCall, _ graph: inout Lowering) throws(KerasError) -> Value {
    guard (2...3).contains(call.inputs.count), call.inputs.allSatisfy({ $0.rank == 3 }) else {
      throw call.unsupported("it is applied to \(call.inputs.map { spelled($0.shape) }.joined(separator: ", "))")
    }
    if call.invocation.keywords["mask"].map({ $0.json?.reals != nil || !$0.tensors.isEmpty }) == true {
      throw call.unsupported("it is given masks")
    }
    let (query, value) = (call.inputs[0], call.inputs[1])
    let key = call.inputs.count > 2 ? call.inputs[2] : value
    let isCausal = call.setting("use_causal_mask", "causal").real ?? 0 != 0
    let isAdditive = call.layer.className == "AdditiveAttention"
    guard isAdditive || call.layer.config["score_mode"].text == "concat" else {
      let scale = call.weights["scale"] == nil ? 1 : try call.weight("scale", shape: []).scalars[0]
      let turned = try graph.add(Transpose(permutation: [0, 2, 1]), [key], to: call.inner("keys"), for: call)
      let products = try graph.add(MatrixProduct(), [query, turned], to: call.inner("products"), for: call)
      let scores = try graph.add(
        ElementwiseFunction(.linear(scale, 0)), [products], to: call.inner("scores"), for: call)
      return try weighted(value, by: scores, isCausal: isCausal, to: call.output, call, &graph)
    }
    let (n, width) = (query.extents[0], query.extents[2])
    let rows = try graph.add(
      Reshape(to: [n, query.extents[1], 1, width]), [query], to: call.inner("rows"), for: call)
    let columns = try graph.add(
      Reshape(to: [n, 1, key.extents[1], width]), [key], to: call.inner("columns"), for: call)
    var sums = try graph.add(Arithmetic(.add), [rows, columns], to: call.inner("sums"), for: call)
    if !isAdditive, call.weights["scale"] != nil {
      let scale = ElementwiseFunction(.linear(try call.weight("scale", shape: []).scalars[0], 0))
      sums = try graph.add(scale, [sums], to: call.inner("scaled"), for: call)
    }
    let bent = try graph.add(ElementwiseFunction(.tanh), [sums], to: call.inner("tanh"), for: call)
    // Each feature counts by its weight: one for all in Attention, one of its own in AdditiveAttention.
    let weights: NDArray =
      if isAdditive {
        call.weights["scale"] == nil
          ? NDArray(repeating: 1, shape: [width, 1]) : try call.weight("scale", shape: [width]).reshaped([width, 1])
      } else {
        NDArray(
          repeating: try call.weight("concat_score_weight", shape: []).scalars[0], shape: [width, 1])
      }
    let column = graph.constant(weights, call.inner("feature_weights"))
    let summed = try graph.add(MatrixProduct(), [bent, column], to: call.inner("summed"), for: call)
    let scores = try graph.add(
      Reshape(to: Array(summed.extents.dropLast())), [summed], to: call.inner("scores"), for: call)
    return try weighted(value, by: scores, isCausal: isCausal, to: call.output, call, &graph)
  }
}
