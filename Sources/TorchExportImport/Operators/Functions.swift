import GraphEngine
import Kernels

/// Functions of each scalar.
extension OperatorTable {
  static let functions: [String: Lower] = {
    var table: [String: Lower] = [:]
    let plain: [(String, UnaryFunction)] = [
      ("relu", .relu), ("relu6", .clip(0, 6)), ("sigmoid", .sigmoid), ("tanh", .tanh), ("silu", .silu),
      ("mish", .mish), ("hardswish", .hardSwish), ("hardsigmoid", .hardSigmoid(alpha: 1 / 6, beta: 0.5)),
      ("exp", .exp), ("log", .log), ("sqrt", .sqrt), ("reciprocal", .reciprocal), ("abs", .abs), ("neg", .neg),
      ("sign", .sign), ("sgn", .sign), ("erf", .erf), ("floor", .floor), ("ceil", .ceil), ("round", .round),
      ("trunc", .truncate), ("sin", .sin), ("cos", .cos), ("tan", .tan), ("asin", .asin), ("acos", .acos),
      ("atan", .atan), ("sinh", .sinh), ("cosh", .cosh), ("asinh", .asinh), ("acosh", .acosh), ("atanh", .atanh),
      ("rsqrt", .pow(-0.5)), ("square", .pow(2)), ("softsign", .softsign),
      ("selu", .selu(1.67326319217681884765625, 1.05070102214813232421875)),
    ]
    for (name, function) in plain { table[name] = one(applied { (_) throws(TorchExportError) in function }) }
    table["leaky_relu"] = one(
      applied { (call) throws(TorchExportError) in .leakyReLU(try call.real("negative_slope", 0.01)) })
    table["rrelu"] = one(
      applied { (call) throws(TorchExportError) in
        .leakyReLU((try call.real("lower", 0.125) + call.real("upper", 1 / 3)) / 2)
      })
    // Decomposed, it hands out its slopes, too, which nothing reads.
    table["rrelu_with_noise_functional"] = table["rrelu"]
    table["elu"] = one(elu)
    table["celu"] = one(applied { (call) throws(TorchExportError) in .celu(try call.real("alpha", 1)) })
    table["gelu"] = one(
      applied { (call) throws(TorchExportError) in call.text("approximate", "none") == "tanh" ? .geluTanh : .gelu })
    table["hardtanh"] = one(
      applied { (call) throws(TorchExportError) in .clip(try call.real("min_val", -1), try call.real("max_val", 1)) })
    for name in ["clamp", "clip", "clamp_min", "clamp_max"] { table[name] = one(clamp) }
    table["hardshrink"] = one(
      applied { (call) throws(TorchExportError) in .shrink(lambda: try call.real("lambd", 0.5), bias: 0) })
    table["softshrink"] = one(
      applied { (call) throws(TorchExportError) in
        let lambda = try call.real("lambd", 0.5)
        return .shrink(lambda: lambda, bias: lambda)
      })
    table["softplus"] = one(softplus)
    table["log_sigmoid"] = one(logSigmoid)
    table["logit"] = one(logit)
    table["log2"] = one(scaledLogarithm(0.693_147_180_559_945_3))
    table["log10"] = one(scaledLogarithm(2.302_585_092_994_045_7))
    table["log1p"] = one { (call, graph) throws(TorchExportError) in
      let x = try graph.add(ElementwiseFunction(.linear(1, 1)), [try call.tensor()], for: call, as: .real)
      return try graph.add(ElementwiseFunction(.log), [x], for: call)
    }
    table["expm1"] = one { (call, graph) throws(TorchExportError) in
      let x = try graph.add(ElementwiseFunction(.exp), [try call.tensor()], for: call, as: .real)
      return try graph.add(ElementwiseFunction(.linear(1, -1)), [x], for: call)
    }
    table["threshold"] = one(threshold)
    for name in ["prelu", "_prelu_kernel"] { table[name] = one(parametricReLU) }
    table["glu"] = one(gatedLinear)
    for name in [
      "alias", "detach", "clone", "contiguous", "lift_fresh", "lift_fresh_copy", "dropout", "feature_dropout",
      "alpha_dropout", "feature_alpha_dropout", "native_dropout", "dropout_", "identity", "real", "positive",
      "pin_memory", "requires_grad",
    ] {
      table[name] = unchanged
    }
    for name in ["to", "_to_copy", "type_as", "float", "to_"] { table[name] = one(converted) }
    return table
  }()

  private static func applied(
    _ function: @escaping @Sendable (Call) throws(TorchExportError) -> UnaryFunction
  ) -> LowerOne {
    { (call, graph) throws(TorchExportError) in
      let x = try call.subject()
      let chosen = try function(call)
      // Roundings, signs and the like keep whole numbers whole.
      let keepsKind: Bool =
        switch chosen {
        case .abs, .neg, .sign, .floor, .ceil, .round, .truncate, .relu, .clip: true
        case .pow(2): true
        default: false
        }
      return try graph.add(ElementwiseFunction(chosen), [x], for: call, as: keepsKind ? x.kind : .real)
    }
  }

  private static func elu(_ call: Call, _ graph: inout Lowering) throws(TorchExportError) -> TensorValue {
    let (alpha, scale, inner) = (
      try call.real("alpha", 1), try call.real("scale", 1), try call.real("input_scale", 1)
    )
    guard inner == 1 else { throw call.unsupported("it scales its input by \(inner)") }
    let function: UnaryFunction = scale == 1 ? .elu(alpha) : .selu(alpha, scale)
    return try graph.add(ElementwiseFunction(function), [try call.tensor()], for: call)
  }

  /// A clamp between numbers, or between tensors.
  private static func clamp(_ call: Call, _ graph: inout Lowering) throws(TorchExportError) -> TensorValue {
    var x = try call.tensor()
    if case .tensor(let low) = call["min"], low.array?.count != 1 {
      x = try graph.add(Arithmetic(.maximum), [x, low], for: call)
      guard let high = try call.optionalTensor("max") else { return x }
      return try graph.add(Arithmetic(.minimum), [x, high], for: call)
    }
    let (low, high) = (try call.real("min", -.infinity), try call.real("max", .infinity))
    return try graph.add(ElementwiseFunction(.clip(min(low, high), high)), [x], for: call)
  }

  /// `1/β · log(1 + exp(βx))`, and `x` itself where `βx` is above a threshold.
  private static func softplus(_ call: Call, _ graph: inout Lowering) throws(TorchExportError) -> TensorValue {
    let (x, beta, threshold) = (try call.tensor(), try call.real("beta", 1), try call.real("threshold", 20))
    let scaled = beta == 1 ? x : try graph.add(ElementwiseFunction(.linear(beta, 0)), [x], for: call)
    var soft = try graph.add(ElementwiseFunction(.softplus), [scaled], for: call)
    if beta != 1 { soft = try graph.add(ElementwiseFunction(.linear(1 / beta, 0)), [soft], for: call) }
    // From 17 on, no float tells the two apart.
    guard threshold < 17 else { return soft }
    let isAbove = try graph.add(Comparison(.greater), [scaled, TensorValue(Double(threshold))], for: call, as: .truth)
    return try graph.add(Selection(), [isAbove, x, soft], for: call, as: x.kind)
  }

  private static func logSigmoid(_ call: Call, _ graph: inout Lowering) throws(TorchExportError) -> TensorValue {
    let turned = try graph.add(ElementwiseFunction(.neg), [try call.tensor()], for: call)
    let soft = try graph.add(ElementwiseFunction(.softplus), [turned], for: call)
    return try graph.add(ElementwiseFunction(.neg), [soft], for: call)
  }

  private static func logit(_ call: Call, _ graph: inout Lowering) throws(TorchExportError) -> TensorValue {
    var x = try call.tensor()
    if let epsilon = call["eps"].number.map(Float.init), epsilon > 0 {
      x = try graph.add(ElementwiseFunction(.clip(epsilon, 1 - epsilon)), [x], for: call)
    }
    let rest = try graph.add(ElementwiseFunction(.linear(-1, 1)), [x], for: call)
    let odds = try graph.add(Arithmetic(.divide), [x, rest], for: call)
    return try graph.add(ElementwiseFunction(.log), [odds], for: call)
  }

  private static func scaledLogarithm(_ base: Float) -> LowerOne {
    { (call, graph) throws(TorchExportError) in
      let natural = try graph.add(ElementwiseFunction(.log), [try call.tensor()], for: call, as: .real)
      return try graph.add(ElementwiseFunction(.linear(1 / base, 0)), [natural], for: call)
    }
  }

  private static func threshold(_ call: Call, _ graph: inout Lowering) throws(TorchExportError) -> TensorValue {
    let (x, bound, value) = (try call.tensor(), try call.real("threshold", 0), try call.real("value", 0))
    if value == 0 { return try graph.add(ElementwiseFunction(.thresholdedReLU(bound)), [x], for: call) }
    let isAbove = try graph.add(Comparison(.greater), [x, TensorValue(Double(bound))], for: call, as: .truth)
    return try graph.add(Selection(), [isAbove, x, TensorValue(Double(value))], for: call, as: x.kind)
  }

  /// A slope for each channel, the second axis.
  private static func parametricReLU(_ call: Call, _ graph: inout Lowering) throws(TorchExportError) -> TensorValue {
    let (x, weight) = (try call.tensor(), try call.tensor("weight"))
    guard let slopes = weight.array else { throw call.unsupported("its slopes depend on the image") }
    let isPerChannel = slopes.count > 1 && weight.shape.count == 1 && x.shape.count > 2
    let shape = isPerChannel ? [slopes.count] + x.shape.dropFirst(2).map { _ in 1 } : weight.shape
    return try graph.add(ParametricReLU(), [x, TensorValue(slopes.reshaped(shape))], for: call)
  }

  /// `a · σ(b)` of the two halves of an axis.
  private static func gatedLinear(_ call: Call, _ graph: inout Lowering) throws(TorchExportError) -> TensorValue {
    let x = try call.tensor()
    let axis = try call.axis("dim", -1, of: x)
    let halves = try graph.parts(of: x, sizes: [x.shape[axis] / 2, x.shape[axis] / 2], along: axis, for: call)
    let gate = try graph.add(ElementwiseFunction(.sigmoid), [halves[1]], for: call)
    return try graph.add(Arithmetic(.multiply), [halves[0], gate], for: call)
  }

  /// What changes nothing once a network is trained.
  private static let unchanged: Lower = { (call, _) throws(TorchExportError) in
    let x = try call.subject()
    if call.node.target.contains("dropout"), try call.truth("train"), try call.real("p", 0) > 0 {
      throw call.unsupported("it drops values at random: export the network after network.eval()")
    }
    return [.tensor(x)]
  }

  /// A conversion to another type of elements; the engine computes in its own whatever the program says.
  private static func converted(_ call: Call, _ graph: inout Lowering) throws(TorchExportError) -> TensorValue {
    var x = try call.tensor()
    var kind = x.kind
    if case .elementType(let type) = call["dtype"] {
      kind = type.kind
    } else if let other = try call.optionalTensor("other") {
      kind = other.kind
    }
    if kind == x.kind || kind == .real || x.kind == .truth && kind == .integer {
      x.kind = kind
      return x
    }
    if kind == .truth {
      return try graph.add(Comparison(.notEqual), [x, TensorValue(0)], for: call, as: .truth)
    }
    return try graph.add(ElementwiseFunction(.truncate), [x], for: call, as: .integer)
  }
}
