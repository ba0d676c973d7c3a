import GraphEngine
import Kernels

/// Sums, means, extrema and norms over axes.
extension OperatorTable {
  static let reductions: [String: Lower] = [
    "mean": one(reduced(.mean)), "sum": one(reduced(.sum)), "amax": one(reduced(.max)), "amin": one(reduced(.min)),
    "prod": one(reduced(.product)), "logsumexp": one(reduced(.logarithmOfSumOfExponentials)), "max": extremum(.max),
    "min": extremum(.min), "linalg_vector_norm": one(norm), "norm": one(norm), "var": one(variance),
    "std": one(deviation), "var_mean": varianceAndMean, "any": one(truth(.max)), "all": one(truth(.min)),
    "frobenius_norm": one(norm), "normalize": one(norm),
  ]

  private static func reduced(_ kind: ReductionKind) -> LowerOne {
    { (call, graph) throws(TorchExportError) in
      let x = try call.tensor()
      let op = Reduction(kind, axes: try call.axes(of: x), keepsDimensions: try call.truth("keepdim"))
      let result: ElementType.Kind = kind == .mean ? .real : x.kind == .truth ? .integer : x.kind
      return try graph.add(op, [x], for: call, as: result)
    }
  }

  private static func truth(_ kind: ReductionKind) -> LowerOne {
    { (call, graph) throws(TorchExportError) in
      var x = try call.tensor()
      if x.kind != .truth { x = try graph.add(Comparison(.notEqual), [x, TensorValue(0)], for: call, as: .truth) }
      let op = Reduction(kind, axes: try call.axes(of: x), keepsDimensions: try call.truth("keepdim"))
      return try graph.add(op, [x], for: call, as: .truth)
    }
  }

  /// The largest of all, of two arrays, or along an axis with where it is.
  private static func extremum(_ kind: ReductionKind) -> Lower {
    { (call, graph) throws(TorchExportError) in
      let x = try call.tensor()
      if let other = try call.optionalTensor("other") {
        return [.tensor(try graph.combine(kind == .max ? .maximum : .minimum, x, other, for: call))]
      }
      let keeps = try call.truth("keepdim")
      let values = try graph.add(
        Reduction(kind, axes: try call.axes(of: x), keepsDimensions: keeps), [x], for: call)
      guard !call["dim"].isNone, call.node.results.count > 1 else { return [.tensor(values)] }
      let op = ArgExtremum(
        axis: try call.axis(of: x), isLargest: kind == .max, keepsDimension: keeps, takesLast: false)
      return [.tensor(values), .tensor(try graph.add(op, [x], for: call, as: .integer))]
    }
  }

  private static func norm(_ call: Call, _ graph: inout Lowering) throws(TorchExportError) -> TensorValue {
    let x = try call.tensor()
    let order = call["ord"].isNone ? try call.real("p", 2) : try call.real("ord")
    let (axes, keeps) = (try call.axes(of: x), try call.truth("keepdim"))
    switch order {
    case 1: return try graph.add(Reduction(.l1, axes: axes, keepsDimensions: keeps), [x], for: call)
    case 2: return try graph.add(Reduction(.l2, axes: axes, keepsDimensions: keeps), [x], for: call)
    case .infinity:
      let sizes = try graph.add(ElementwiseFunction(.abs), [x], for: call)
      return try graph.add(Reduction(.max, axes: axes, keepsDimensions: keeps), [sizes], for: call)
    default: throw call.unsupported("it is a norm of order \(order)")
    }
  }

  private static func variance(_ call: Call, _ graph: inout Lowering) throws(TorchExportError) -> TensorValue {
    try graph.variance(for: call).variance
  }

  private static func deviation(_ call: Call, _ graph: inout Lowering) throws(TorchExportError) -> TensorValue {
    try graph.add(ElementwiseFunction(.sqrt), [try graph.variance(for: call).variance], for: call)
  }

  private static let varianceAndMean: Lower = { (call, graph) throws(TorchExportError) in
    let (variance, mean) = try graph.variance(for: call)
    return [.tensor(variance), .tensor(mean)]
  }
}

extension Lowering {
  /// `Σ (x − μ)² / (n − correction)`, and `μ`.
  fileprivate mutating func variance(
    for call: Call
  ) throws(TorchExportError) -> (variance: TensorValue, mean: TensorValue) {
    let x = try call.tensor()
    let (axes, keeps) = (try call.axes(of: x), try call.truth("keepdim"))
    let correction = try call["correction"].isNone ? (call.truth("unbiased", true) ? 1 : 0) : call.real("correction")
    let count = Float(axes.reduce(1) { $0 * x.shape[$1] })
    guard count > correction else { throw call.unsupported("it is the variance of one number") }
    let mean = try add(Reduction(.mean, axes: axes, keepsDimensions: true), [x], for: call)
    let centered = try add(Arithmetic(.subtract), [x, mean], for: call)
    let squares = try add(ElementwiseFunction(.pow(2)), [centered], for: call)
    var variance = try add(Reduction(.mean, axes: axes, keepsDimensions: keeps), [squares], for: call)
    if correction != 0 {
      variance = try add(ElementwiseFunction(.linear(count / (count - correction), 0)), [variance], for: call)
    }
    if keeps { return (variance, mean) }
    let shape = x.shape.indices.filter { !axes.contains($0) }.map { x.shape[$0] }
    return (variance, try reshape(mean, to: shape, for: call))
  }
}
