import COneDNN

/// An activation that a convolution applies while its result is still in registers.
public struct FusedActivation: Hashable, Sendable {
  /// The function that is applied.
  public let function: UnaryFunction
  /// oneDNN's name for the function, with its two parameters.
  let parameters: (function: limn_function, alpha: Float, beta: Float)

  public static let relu = FusedActivation(known: .relu)

  /// The function as a convolution can apply it; `nil` where it cannot.
  public init?(_ function: UnaryFunction) {
    switch function {
    case .relu, .leakyReLU, .clip, .sigmoid, .tanh, .elu, .gelu, .geluTanh, .silu, .hardSwish:
      self.init(known: function)
    default: return nil
    }
  }

  private init(known function: UnaryFunction) {
    guard let parameters = function.parameters else { preconditionFailure("oneDNN has no \(function)") }
    (self.function, self.parameters) = (function, parameters)
  }

  public static func == (a: FusedActivation, b: FusedActivation) -> Bool { a.function == b.function }

  public func hash(into hasher: inout Hasher) { hasher.combine(function) }

  /// The bounds to which an activation clips, infinite where there is none; `nil` for functions that do more.
  static func range(of activation: FusedActivation?) -> (low: Float, high: Float)? {
    switch activation?.function {
    case nil: (-.infinity, .infinity)
    case .relu: (0, .infinity)
    case .clip(let low, let high): (low, high)
    default: nil
    }
  }
}
