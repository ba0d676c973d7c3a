public import Kernels

/// A function applied to each scalar: activation functions, roots, powers of e.
public struct ElementwiseFunction: Operator {
  public let function: UnaryFunction

  public init(_ function: UnaryFunction) { self.function = function }

  public var name: String {
    switch function {
    case .relu: "ReLU"
    case .leakyReLU: "LeakyReLU"
    case .clip(0, 6): "ReLU6"
    case .clip: "Clip"
    case .sigmoid: "Sigmoid"
    case .tanh: "Tanh"
    case .elu: "ELU"
    case .selu: "SELU"
    case .gelu, .geluTanh: "GELU"
    case .silu: "SiLU"
    case .mish: "Mish"
    case .hardSigmoid: "HardSigmoid"
    case .hardSwish: "HardSwish"
    case .softplus: "Softplus"
    default: "\(function)".prefix { $0 != "(" }.capitalized
    }
  }

  public var activation: ActivationKind? {
    switch function {
    case .relu: .rectifier
    case .clip(let low, _): low == 0 ? .rectifier : nil
    case .leakyReLU, .elu, .selu, .gelu, .geluTanh, .silu, .mish, .hardSwish, .softplus, .tanh: .other
    default: nil
    }
  }

  /// Where a rectifier clips, infinity for a ReLU; `nil` for other functions.
  var rectifierBound: Float? {
    switch function {
    case .relu: .infinity
    case .clip(0, let high): high
    default: nil
    }
  }

  public func outputShape(of inputs: [[Int]]) throws -> [Int] { inputs[0] }

  public func forward(_ inputs: [NDArray]) throws -> NDArray { try apply(function, inputs[0]) }

  /// A rectifier's derivative can be read off its output, which the next layer often keeps alive anyway.
  public var pullbackNeeds: PullbackNeeds { activation == .rectifier ? .output : .inputs }

  public func pullback(_ cotangent: NDArray, at point: LinearizationPoint) throws -> [NDArray?] {
    let place = activation == .rectifier ? point.keptOutput : point.input(0)
    return [try applyPullback(function, cotangent, input: place)]
  }
}

extension Substring {
  fileprivate var capitalized: String { prefix(1).uppercased() + dropFirst() }
}
