import COneDNN

/// An activation that a convolution applies while its result is still in registers.
public enum FusedActivation: Hashable, Sendable {
  case relu
  /// The slope of the negative side.
  case leakyReLU(Float)
  /// The lower and the upper bound.
  case clip(Float, Float)
  case sigmoid
  case tanh
  case elu(Float)
  case gelu
  case geluTanh
  case silu
  case hardSwish

  /// oneDNN's name for the function, with its two parameters.
  var parameters: (function: limn_function, alpha: Float, beta: Float) {
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
    }
  }

  /// The bounds to which an activation clips, infinite where there is none; `nil` for functions that do more.
  static func range(of activation: FusedActivation?) -> (low: Float, high: Float)? {
    switch activation {
    case nil: (-.infinity, .infinity)
    case .relu: (0, .infinity)
    case .clip(let low, let high): (low, high)
    default: nil
    }
  }
}
