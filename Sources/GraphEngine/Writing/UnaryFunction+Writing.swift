import Kernels

extension UnaryFunction {
  /// The function in ONNX's operators.
  ///
  /// - Throws: ``ShapeError`` where it cannot be written.
  func written(_ x: Written, to writer: GraphWriter) throws -> Written {
    func whole(_ type: String, _ attributes: [String: WrittenAttribute] = [:]) -> Written {
      writer.unary(type, x, attributes)
    }
    func gated(_ gate: Written) throws -> Written { try writer.product(x, gate) }
    switch self {
    case .relu: return whole("Relu")
    case .leakyReLU(let slope): return whole("LeakyRelu", ["alpha": .real(slope)])
    case .clip(let low, let high): return try writer.clipped(x, low, high)
    case .sigmoid: return whole("Sigmoid")
    case .tanh: return whole("Tanh")
    case .elu(let alpha): return whole("Elu", ["alpha": .real(alpha)])
    case .selu(let alpha, let gamma): return whole("Selu", ["alpha": .real(alpha), "gamma": .real(gamma)])
    case .celu(let alpha): return whole("Celu", ["alpha": .real(alpha)])
    case .gelu: return try gated(writer.normalDistribution(x))
    case .geluTanh: return try gated(writer.approximateNormalDistribution(x))
    case .silu: return try gated(whole("Sigmoid"))
    case .hardSigmoid(let alpha, let beta):
      return whole("HardSigmoid", ["alpha": .real(alpha), "beta": .real(beta)])
    case .hardSwish: return try gated(whole("HardSigmoid", ["alpha": .real(1 / 6), "beta": .real(0.5)]))
    case .softplus: return whole("Softplus")
    case .softsign: return whole("Softsign")
    case .mish: return try gated(writer.unary("Tanh", whole("Softplus")))
    case .exp: return whole("Exp")
    case .log: return whole("Log")
    case .sqrt: return whole("Sqrt")
    case .reciprocal: return whole("Reciprocal")
    case .abs: return whole("Abs")
    case .neg: return whole("Neg")
    case .sign: return whole("Sign")
    case .erf: return whole("Erf")
    case .floor: return whole("Floor")
    case .ceil: return whole("Ceil")
    case .round: return whole("Round")
    case .truncate: return try writer.product(whole("Sign"), writer.unary("Floor", whole("Abs")))
    case .sin: return whole("Sin")
    case .cos: return whole("Cos")
    case .tan: return whole("Tan")
    case .asin: return whole("Asin")
    case .acos: return whole("Acos")
    case .atan: return whole("Atan")
    case .sinh: return whole("Sinh")
    case .cosh: return whole("Cosh")
    case .asinh: return whole("Asinh")
    case .acosh: return whole("Acosh")
    case .atanh: return whole("Atanh")
    case .shrink(let lambda, let bias): return whole("Shrink", ["lambd": .real(lambda), "bias": .real(bias)])
    case .pow(let exponent): return try writer.binary("Pow", x, writer.scalar(exponent))
    case .thresholdedReLU(let alpha): return whole("ThresholdedRelu", ["alpha": .real(alpha)])
    case .linear(let alpha, let beta): return try writer.shifted(writer.scaled(x, by: alpha), by: beta)
    }
  }

  /// `g` times the derivative at `x`; at a kink, that of the side which PyTorch takes.
  ///
  /// - Throws: ``ShapeError`` where it cannot be written.
  func writtenPullback(_ g: Written, at x: Written, to writer: GraphWriter) throws -> Written {
    func sloped(_ slope: Written) throws -> Written { try writer.product(g, slope) }
    /// `g` above zero and something else below.
    func branched(_ below: Written) throws -> Written {
      try writer.selection(writer.comparison("Greater", x, writer.scalar(0)), g, below)
    }
    let sigmoid = { writer.unary("Sigmoid", x) }
    let exponential = { writer.unary("Exp", x) }
    /// `1 − y`
    func complement(_ y: Written) throws -> Written { try writer.difference(writer.scalar(1), y) }
    func square(_ y: Written) throws -> Written { try writer.product(y, y) }
    switch self {
    case .relu: return try writer.kept(g, where: x, "Greater", 0)
    case .leakyReLU(let slope): return try branched(writer.scaled(g, by: slope))
    case .clip(let low, let high):
      return try writer.kept(writer.kept(g, where: x, "Greater", low), where: x, "Less", high)
    case .sigmoid: return try sloped(writer.product(sigmoid(), complement(sigmoid())))
    case .tanh: return try sloped(complement(square(writer.unary("Tanh", x))))
    case .elu(let alpha): return try branched(writer.scaled(sloped(writer.clippedExponential(x)), by: alpha))
    case .selu(let alpha, let gamma):
      return try writer.scaled(branched(writer.scaled(sloped(writer.clippedExponential(x)), by: alpha)), by: gamma)
    case .celu(let alpha):
      return try branched(sloped(writer.clippedExponential(writer.scaled(x, by: 1 / alpha))))
    case .gelu:
      let density = try writer.scaled(
        writer.unary("Exp", writer.scaled(square(x), by: -0.5)), by: 0.398_942_3)
      return try sloped(writer.sum(writer.normalDistribution(x), writer.product(x, density)))
    case .geluTanh:
      // With p = ½(1 + t): the slope of t is (1 − t²)·√(2/π)·(1 + 0.134145x²), and 1 − t² = 4p(1 − p).
      let p = try writer.approximateNormalDistribution(x)
      let inner = try writer.scaled(writer.shifted(writer.scaled(square(x), by: 0.134_145), by: 1), by: 1.595_769_1)
      return try sloped(
        writer.sum(p, writer.product(x, writer.product(writer.product(p, complement(p)), inner))))
    case .silu:
      return try sloped(
        writer.product(sigmoid(), writer.shifted(writer.product(x, complement(sigmoid())), by: 1)))
    case .hardSigmoid(let alpha, let beta):
      let y = try writer.shifted(writer.scaled(x, by: alpha), by: beta)
      return try writer.kept(
        writer.kept(writer.scaled(g, by: alpha), where: y, "Greater", 0), where: y, "Less", 1)
    case .hardSwish:
      let slope = try writer.shifted(writer.scaled(x, by: 1 / 3), by: 0.5)
      let isAbove = try writer.comparison("Less", x, writer.scalar(3))
      return try writer.kept(
        writer.selection(isAbove, sloped(slope), g), where: x, "Greater", -3)
    case .softplus: return try sloped(sigmoid())
    case .softsign: return try writer.quotient(g, square(writer.shifted(writer.unary("Abs", x), by: 1)))
    case .mish:
      let t = writer.unary("Tanh", writer.unary("Softplus", x))
      return try sloped(
        writer.sum(t, writer.product(writer.product(x, complement(square(t))), sigmoid())))
    case .exp: return try sloped(exponential())
    case .log: return try writer.quotient(g, x)
    case .sqrt: return try writer.quotient(writer.scaled(g, by: 0.5), writer.unary("Sqrt", x))
    case .reciprocal: return try writer.scaled(writer.quotient(g, square(x)), by: -1)
    case .abs: return try sloped(writer.unary("Sign", x))
    case .neg: return try writer.scaled(g, by: -1)
    case .sign, .floor, .ceil, .round, .truncate: return try writer.scaled(g, by: 0)
    case .erf:
      return try sloped(
        writer.scaled(writer.unary("Exp", writer.scaled(square(x), by: -1)), by: 1.128_379_2))
    case .sin: return try sloped(writer.unary("Cos", x))
    case .cos: return try writer.scaled(sloped(writer.unary("Sin", x)), by: -1)
    case .atan: return try writer.quotient(g, writer.shifted(square(x), by: 1))
    case .sinh: return try sloped(writer.unary("Cosh", x))
    case .cosh: return try sloped(writer.unary("Sinh", x))
    case .pow(0): return try writer.scaled(g, by: 0)
    case .pow(let exponent):
      let power = exponent == 2 ? x : try writer.binary("Pow", x, writer.scalar(exponent - 1))
      return try writer.scaled(sloped(power), by: exponent)
    case .thresholdedReLU(let alpha): return try writer.kept(g, where: x, "Greater", alpha)
    case .linear(let alpha, _): return try writer.scaled(g, by: alpha)
    case .shrink(let lambda, _): return try writer.kept(g, where: writer.unary("Abs", x), "Greater", lambda)
    case .tan, .asin, .acos, .asinh, .acosh, .atanh:
      throw ShapeError("the derivative of '\(self)' cannot be written in ONNX's operators")
    }
  }
}

extension GraphWriter {
  /// The normal distribution, `Φ(x) = ½(1 + erf(x/√2))`.
  fileprivate func normalDistribution(_ x: Written) throws -> Written {
    try scaled(shifted(unary("Erf", scaled(x, by: 0.707_106_77)), by: 1), by: 0.5)
  }

  /// Its approximation, `½(1 + tanh(√(2/π)(x + 0.044715x³)))`.
  fileprivate func approximateNormalDistribution(_ x: Written) throws -> Written {
    let cube = try scaled(product(x, product(x, x)), by: 0.044_715)
    return try scaled(shifted(unary("Tanh", scaled(sum(x, cube), by: 0.797_884_6)), by: 1), by: 0.5)
  }

  /// `e^min(x, 0)`: what lies above is not taken, and must not overflow.
  fileprivate func clippedExponential(_ x: Written) throws -> Written {
    unary("Exp", try binary("Min", x, scalar(0)))
  }

  /// Between two bounds.
  fileprivate func clipped(_ x: Written, _ low: Float, _ high: Float) throws -> Written {
    var inputs = [x.name, low.isFinite && low > -.greatestFiniteMagnitude ? scalar(low).name : ""]
    if high.isFinite, high < .greatestFiniteMagnitude { inputs.append(scalar(high).name) }
    while inputs.last == "" { inputs.removeLast() }
    return Written(add("Clip", inputs, shape: x.shape), x.shape)
  }
}
