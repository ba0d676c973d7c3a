import COneDNN

/// A function applied to each scalar.
public enum UnaryFunction: Hashable, Sendable {
  case relu
  /// The slope of the negative side.
  case leakyReLU(Float)
  /// The lower and the upper bound; the gradient passes strictly inside them.
  case clip(Float, Float)
  case sigmoid
  case tanh
  case elu(Float)
  /// Alpha and gamma, as in ONNX.
  case selu(Float, Float)
  /// Alpha.
  case celu(Float)
  /// By the error function.
  case gelu
  /// The usual approximation by a hyperbolic tangent.
  case geluTanh
  case silu
  /// `max(0, min(1, alpha x + beta))`.
  case hardSigmoid(alpha: Float, beta: Float)
  case hardSwish
  case softplus
  case softsign
  case mish
  case exp
  case log
  case sqrt
  case reciprocal
  case abs
  case neg
  case sign
  case erf
  case floor
  case ceil
  /// To the nearest integer, ties to even.
  case round
  /// Towards zero.
  case truncate
  case sin
  case cos
  case tan
  case asin
  case acos
  case atan
  case sinh
  case cosh
  case asinh
  case acosh
  case atanh
  /// Zero between −lambda and lambda; beyond, drawn towards zero by the bias.
  case shrink(lambda: Float, bias: Float)
  case pow(Float)
  /// `x` where it exceeds alpha, zero elsewhere.
  case thresholdedReLU(Float)
  /// `alpha x + beta`.
  case linear(Float, Float)
}

extension UnaryFunction {
  /// oneDNN's name for the function, with its two parameters, where it has one whose gradient at zero is finite.
  var parameters: (function: limn_function, alpha: Float, beta: Float)? {
    switch self {
    case .relu: (LIMN_RELU, 0, 0)
    case .leakyReLU(let slope): (LIMN_RELU, slope, 0)
    case .clip(let low, let high): (LIMN_CLIP, low, high)
    case .sigmoid: (LIMN_LOGISTIC, 0, 0)
    case .tanh: (LIMN_TANH, 0, 0)
    case .elu(let alpha): (LIMN_ELU, alpha, 0)
    case .gelu: (LIMN_GELU, 0, 0)
    case .geluTanh: (LIMN_GELU_TANH, 0, 0)
    case .silu: (LIMN_SWISH, 1, 0)
    case .hardSwish: (LIMN_HARD_SWISH, 0, 0)
    case .softplus: (LIMN_SOFTPLUS, 0, 0)
    case .mish: (LIMN_MISH, 0, 0)
    case .exp: (LIMN_EXP, 0, 0)
    case .abs: (LIMN_ABS, 0, 0)
    case .neg: (LIMN_LINEAR, -1, 0)
    case .linear(let alpha, let beta): (LIMN_LINEAR, alpha, beta)
    default: nil
    }
  }
}
