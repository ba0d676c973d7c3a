import GraphEngine
import Kernels

/// The activation that onnxruntime's optimiser puts at the end of a convolution or a product.
enum FusedActivation {
  case function(UnaryFunction)
  /// `x·σ(αx)`.
  case gated(Float)

  /// `nil` where the node has none.
  ///
  /// Convolutions list its parameters in `activation_params`; products name them, `activation_alpha`.
  init?(of call: OperatorCall) throws(ONNXError) {
    guard let name = try call.attributes.string("activation"), !name.isEmpty else { return nil }
    let listed = try call.attributes.reals("activation_params") ?? []
    func parameter(_ index: Int, _ name: String, default value: Float) throws(ONNXError) -> Float {
      if index < listed.count { return listed[index] }
      return try call.attributes.real("activation_\(name)") ?? value
    }
    switch name {
    case "LeakyRelu": self = .function(.leakyReLU(try parameter(0, "alpha", default: 0.01)))
    case "Clip":
      let low = try parameter(0, "min", default: -.infinity)
      self = .function(.clip(low, max(low, try parameter(1, "max", default: .infinity))))
    case "HardSigmoid":
      let alpha = try parameter(0, "alpha", default: 0.2)
      self = .function(.hardSigmoid(alpha: alpha, beta: try parameter(1, "beta", default: 0.5)))
    case "Elu": self = .function(.elu(try parameter(0, "alpha", default: 1)))
    case "Celu": self = .function(.celu(try parameter(0, "alpha", default: 1)))
    case "Selu":
      let alpha = try parameter(0, "alpha", default: 1.67326319217681884765625)
      self = .function(.selu(alpha, try parameter(1, "gamma", default: 1.05070102214813232421875)))
    case "ThresholdedRelu": self = .function(.thresholdedReLU(try parameter(0, "alpha", default: 1)))
    case "QuickGelu": self = .gated(try parameter(0, "alpha", default: 1.702))
    default:
      guard let function = Self.functions[name] else { throw call.unsupported("its activation is '\(name)'") }
      self = .function(function)
    }
  }

  /// Those without parameters.
  private static let functions: [String: UnaryFunction] = [
    "Relu": .relu, "Sigmoid": .sigmoid, "Tanh": .tanh, "HardSwish": .hardSwish, "Softplus": .softplus,
    "Softsign": .softsign, "Mish": .mish, "Gelu": .gelu, "FastGelu": .geluTanh, "Swish": .silu, "Silu": .silu,
  ]
}

extension Lowering {
  /// What the node's own operator makes, with the activation that its attributes name; `make` is given the name for
  /// what comes before, `nil` where that is the node's result itself.
  mutating func activated(
    _ call: OperatorCall, make: (String?, inout Lowering) throws(ONNXError) -> Value
  ) throws(ONNXError) -> Value {
    guard let activation = try FusedActivation(of: call) else { return try make(nil, &self) }
    let x = try make(call.resultName + ".pre_activation", &self)
    switch activation {
    case .function(let function): return try add(ElementwiseFunction(function), [x], for: call)
    case .gated(let alpha): return try gated(x, by: alpha, for: call)
    }
  }

  /// `x·σ(αx)`, the SiLU where α is 1.
  mutating func gated(_ x: Value, by alpha: Float, for call: OperatorCall) throws(ONNXError) -> Value {
    if alpha == 1 { return try add(ElementwiseFunction(.silu), [x], for: call) }
    let scaled = try add(ElementwiseFunction(.linear(alpha, 0)), [x], for: call)
    let gate = try add(ElementwiseFunction(.sigmoid), [scaled], for: call)
    return try add(Arithmetic(.multiply), [x, gate], for: call)
  }
}
