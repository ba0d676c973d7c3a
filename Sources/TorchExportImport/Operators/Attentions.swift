import GraphEngine
import Kernels

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// Attention as matrix products and a softmax: `softmax(QKᵀ·s + mask)·V`.
///
/// Source: Vaswani et al. 2017, *Attention Is All You Need*, equation 1.
extension OperatorTable {
  static let attention: [String: Lower] = [
    "scaled_dot_product_attention": one(attend),
    "_scaled_dot_product_flash_attention_for_cpu": { (call, graph) throws(TorchExportError) in
      [.tensor(try attend(call, &graph)), .none]
    },
    "_scaled_dot_product_efficient_attention": { (call, graph) throws(TorchExportError) in
      [.tensor(try attend(call, &graph)), .none, .none, .none]
    },
    "_scaled_dot_product_attention_math": { (call, graph) throws(TorchExportError) in
      [.tensor(try attend(call, &graph)), .none]
    },
  ]

  private static func attend(_ call: Call, _ graph: inout Lowering) throws(TorchExportError) -> TensorValue {
    let queries = try call.tensor("query")
    var (keys, values) = (try call.tensor("key"), try call.tensor("value"))
    let rank = queries.shape.count
    guard rank >= 2, keys.shape.count == rank, values.shape.count == rank else {
      throw call.malformed("its queries, keys and values have different axes")
    }
    guard try call.real("dropout_p", 0) == 0 else {
      throw call.unsupported("it drops weights at random: export the network after network.eval()")
    }
    if try call.truth("enable_gqa"), rank > 2, keys.shape[rank - 3] != queries.shape[rank - 3] {
      keys = try graph.repeatedHeads(keys, to: queries.shape[rank - 3], for: call)
      values = try graph.repeatedHeads(values, to: queries.shape[rank - 3], for: call)
    }
    let scale = try call.real("scale", 1 / Double(queries.shape[rank - 1]).squareRoot())
    let scaled = try graph.add(Arithmetic(.multiply), [queries, TensorValue(Double(scale))], for: call)
    var order = Array(0..<rank)
    order.swapAt(rank - 1, rank - 2)
    let turned = try graph.transpose(keys, order, for: call)
    var scores = try graph.add(MatrixProduct(), [scaled, turned], for: call)
    if var mask = try call.optionalTensor("attn_mask") {
      if mask.kind == .truth {
        mask = try graph.add(Selection(), [mask, TensorValue(0), TensorValue(-.infinity)], for: call, as: .real)
      }
      scores = try graph.add(Arithmetic(.add), [scores, mask], for: call)
    }
    if try call.truth("is_causal") {
      let (rows, columns) = (queries.shape[rank - 2], keys.shape[rank - 2])
      guard rows * columns <= 1 << 26 else { throw .tooLarge(value: call.layer, shape: [rows, columns]) }
      let hidden = (0..<rows * columns).map { $0 % columns > $0 / columns ? -Float.infinity : 0 }
      scores = try graph.add(
        Arithmetic(.add), [scores, TensorValue(NDArray(hidden, shape: [rows, columns]))], for: call)
    }
    let weights = try graph.add(Softmax(axis: rank - 1), [scores], for: call)
    return try graph.add(MatrixProduct(), [weights, values], for: call)
  }
}

extension Lowering {
  /// Keys or values with each head repeated for all heads of queries that share it.
  fileprivate mutating func repeatedHeads(
    _ x: TensorValue, to wanted: Int, for call: Call
  ) throws(TorchExportError) -> TensorValue {
    let axis = x.shape.count - 3
    guard wanted % x.shape[axis] == 0 else { throw call.malformed("\(wanted) heads cannot share \(x.shape[axis])") }
    let indices = (0..<wanted).map { $0 / (wanted / x.shape[axis]) }
    return try add(Gather(indices: indices, indicesShape: [wanted], axis: axis), [x], for: call)
  }
}
