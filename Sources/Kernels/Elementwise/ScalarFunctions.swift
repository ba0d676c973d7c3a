#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// What oneDNN does not offer, one scalar at a time.
extension UnaryFunction {
  /// Whether zero stays zero, as the padding of blocks must.
  public var isZeroAtZero: Bool { value(0) == 0 }

  /// The function of one scalar.
  package func value(_ x: Float) -> Float {
    switch self {
    case .relu: x > 0 ? x : 0
    case .leakyReLU(let slope): x > 0 ? x : slope * x
    case .clip(let low, let high): min(max(x, low), high)
    case .sigmoid: logistic(x)
    case .tanh: tanhf(x)
    case .elu(let alpha): x > 0 ? x : alpha * expm1f(x)
    case .selu(let alpha, let gamma): gamma * (x > 0 ? x : alpha * expm1f(x))
    case .celu(let alpha): x > 0 ? x : alpha * expm1f(x / alpha)
    case .gelu: x * normalDistribution(x)
    case .geluTanh: 0.5 * x * (1 + tanhf(geluArgument(x)))
    case .silu: x * logistic(x)
    case .hardSigmoid(let alpha, let beta): max(0, min(1, alpha * x + beta))
    case .hardSwish: x * max(0, min(1, x / 6 + 0.5))
    case .softplus: smoothedReLU(x)
    case .softsign: x / (1 + Swift.abs(x))
    case .mish: x * tanhf(smoothedReLU(x))
    case .exp: expf(x)
    case .log: logf(x)
    case .sqrt: x.squareRoot()
    case .reciprocal: 1 / x
    case .abs: Swift.abs(x)
    case .neg: -x
    case .sign: x > 0 ? 1 : x < 0 ? -1 : x
    case .erf: erff(x)
    case .floor: x.rounded(.down)
    case .ceil: x.rounded(.up)
    case .round: x.rounded(.toNearestOrEven)
    case .truncate: x.rounded(.towardZero)
    case .sin: sinf(x)
    case .cos: cosf(x)
    case .tan: tanf(x)
    case .asin: asinf(x)
    case .acos: acosf(x)
    case .atan: atanf(x)
    case .sinh: sinhf(x)
    case .cosh: coshf(x)
    case .asinh: asinhf(x)
    case .acosh: acoshf(x)
    case .atanh: atanhf(x)
    case .shrink(let lambda, let bias): x < -lambda ? x + bias : x > lambda ? x - bias : 0
    case .pow(let exponent): power(x, exponent)
    case .thresholdedReLU(let alpha): x > alpha ? x : 0
    case .linear(let alpha, let beta): alpha * x + beta
    }
  }

  /// The derivative; at a kink, that of the side which PyTorch takes.
  package func derivative(_ x: Float) -> Float {
    switch self {
    case .relu: x > 0 ? 1 : 0
    case .leakyReLU(let slope): x > 0 ? 1 : slope
    case .clip(let low, let high): x > low && x < high ? 1 : 0
    case .sigmoid: logistic(x) * logistic(-x)
    case .tanh: 1 - tanhf(x) * tanhf(x)
    case .elu(let alpha): x > 0 ? 1 : alpha * expf(x)
    case .selu(let alpha, let gamma): gamma * (x > 0 ? 1 : alpha * expf(x))
    case .celu(let alpha): x > 0 ? 1 : expf(x / alpha)
    case .gelu: normalDistribution(x) + x * normalDensity(x)
    case .geluTanh: geluTanhDerivative(x)
    case .silu: logistic(x) * (1 + x * logistic(-x))
    case .hardSigmoid(let alpha, let beta): alpha * x + beta > 0 && alpha * x + beta < 1 ? alpha : 0
    case .hardSwish: x <= -3 ? 0 : x >= 3 ? 1 : x / 3 + 0.5
    case .softplus: logistic(x)
    case .softsign: 1 / ((1 + Swift.abs(x)) * (1 + Swift.abs(x)))
    case .mish: mishDerivative(x)
    case .exp: expf(x)
    case .log: 1 / x
    case .sqrt: 0.5 / x.squareRoot()
    case .reciprocal: -1 / (x * x)
    case .abs: x > 0 ? 1 : x < 0 ? -1 : 0
    case .neg: -1
    case .sign, .floor, .ceil, .round, .truncate: 0
    case .erf: 1.128_379_2 * expf(-x * x)
    case .sin: cosf(x)
    case .cos: -sinf(x)
    case .tan: 1 / (cosf(x) * cosf(x))
    case .asin: 1 / ((1 - x) * (1 + x)).squareRoot()
    case .acos: -1 / ((1 - x) * (1 + x)).squareRoot()
    case .atan: 1 / (1 + x * x)
    case .sinh: coshf(x)
    case .cosh: sinhf(x)
    case .asinh: 1 / (1 + x * x).squareRoot()
    case .acosh: 1 / ((x - 1) * (x + 1)).squareRoot()
    case .atanh: 1 / ((1 - x) * (1 + x))
    case .shrink(let lambda, _): x < -lambda || x > lambda ? 1 : 0
    case .pow(let exponent): exponent == 0 ? 0 : exponent * power(x, exponent - 1)
    case .thresholdedReLU(let alpha): x > alpha ? 1 : 0
    case .linear(let alpha, _): alpha
    }
  }
}

/// `x` to the power `y`, the common exponents without a call.
func power(_ x: Float, _ y: Float) -> Float {
  switch y {
  case 0: 1
  case 0.5: x.squareRoot()
  case 1: x
  case 2: x * x
  case 3: x * x * x
  default: powf(x, y)
  }
}

private func logistic(_ x: Float) -> Float { 1 / (1 + expf(-x)) }
private func smoothedReLU(_ x: Float) -> Float { max(x, 0) + log1pf(expf(-abs(x))) }
private func normalDistribution(_ x: Float) -> Float { 0.5 * (1 + erff(x * 0.707_106_77)) }
private func normalDensity(_ x: Float) -> Float { 0.398_942_3 * expf(-0.5 * x * x) }
private func geluArgument(_ x: Float) -> Float { 0.797_884_6 * (x + 0.044_715 * x * x * x) }

private func geluTanhDerivative(_ x: Float) -> Float {
  let t = tanhf(geluArgument(x))
  return 0.5 * (1 + t) + 0.5 * x * (1 - t * t) * 0.797_884_6 * (1 + 0.134_145 * x * x)
}

private func mishDerivative(_ x: Float) -> Float {
  let t = tanhf(smoothedReLU(x))
  return t + x * (1 - t * t) * logistic(x)
}
