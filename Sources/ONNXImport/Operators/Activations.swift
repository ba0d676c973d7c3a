import GraphEngine
import Kernels

extension OperatorTable {
  typealias Lower = @Sendable (OperatorCall, inout Lowering) throws(ONNXError) -> Value

  /// A function of each scalar that has no parameters.
  static func function(_ function: UnaryFunction) -> Lower {
    { (call, graph) throws(ONNXError) in
      try graph.add(ElementwiseFunction(function), [try call.input(0)], for: call)
    }
  }

  static func leakyReLU(_ call: OperatorCall, _ graph: inout Lowering) throws(ONNXError) -> Value {
    try function(.leakyReLU(try call.attributes.real("alpha") ?? 0.01))(call, &graph)
  }

  static func thresholdedReLU(_ call: OperatorCall, _ graph: inout Lowering) throws(ONNXError) -> Value {
    try function(.thresholdedReLU(try call.attributes.real("alpha") ?? 1))(call, &graph)
  }

  static func elu(_ call: OperatorCall, _ graph: inout Lowering) throws(ONNXError) -> Value {
    try function(.elu(try call.attributes.real("alpha") ?? 1))(call, &graph)
  }

  static func celu(_ call: OperatorCall, _ graph: inout Lowering) throws(ONNXError) -> Value {
    try function(.celu(try call.attributes.real("alpha") ?? 1))(call, &graph)
  }

  static func selu(_ call: OperatorCall, _ graph: inout Lowering) throws(ONNXError) -> Value {
    // The constants that keep activations at mean 0 and variance 1, as ONNX spells them.
    let alpha = try call.attributes.real("alpha") ?? 1.67326319217681884765625
    let gamma = try call.attributes.real("gamma") ?? 1.05070102214813232421875
    return try function(.selu(alpha, gamma))(call, &graph)
  }

  static func gelu(_ call: OperatorCall, _ graph: inout Lowering) throws(ONNXError) -> Value {
    switch try call.attributes.string("approximate") ?? "none" {
    case "none": return try function(.gelu)(call, &graph)
    case "tanh": return try function(.geluTanh)(call, &graph)
    case let other: throw call.malformed("it is approximated by '\(other)'")
    }
  }

  static func hardSigmoid(_ call: OperatorCall, _ graph: inout Lowering) throws(ONNXError) -> Value {
    let alpha = try call.attributes.real("alpha") ?? 0.2
    let beta = try call.attributes.real("beta") ?? 0.5
    return try function(.hardSigmoid(alpha: alpha, beta: beta))(call, &graph)
  }

  /// `Clip`: its bounds are attributes until opset 10, inputs from then on; either may be left out.
  static func clip(_ call: OperatorCall, _ graph: inout Lowering) throws(ONNXError) -> Value {
    let low = try call.real(attribute: "min", orInput: 1, "its lower bound") ?? -.infinity
    let high = try call.real(attribute: "max", orInput: 2, "its upper bound") ?? .infinity
    if low.isNaN || high.isNaN { throw call.malformed("its bounds are not numbers") }
    // ONNX lets the upper bound win where they cross.
    return try function(.clip(min(low, high), high))(call, &graph)
  }

  /// `PRelu`, whose learnt slope broadcasts to the input.
  static func parametricReLU(_ call: OperatorCall, _ graph: inout Lowering) throws(ONNXError) -> Value {
    guard try call.constant(1, "its slope") != nil else { throw call.malformed("it has no slope") }
    return try graph.add(ParametricReLU(), [try call.input(0), try call.input(1)], for: call)
  }

  static func shrink(_ call: OperatorCall, _ graph: inout Lowering) throws(ONNXError) -> Value {
    let lambda = try call.attributes.real("lambd") ?? 0.5
    return try function(.shrink(lambda: lambda, bias: try call.attributes.real("bias") ?? 0))(call, &graph)
  }

  /// `Swish`: `x·σ(αx)`, the SiLU where α is 1.
  static func swish(_ call: OperatorCall, _ graph: inout Lowering) throws(ONNXError) -> Value {
    let x = try call.input(0)
    let alpha = try call.attributes.real("alpha") ?? 1
    if alpha == 1 { return try graph.add(ElementwiseFunction(.silu), [x], for: call) }
    let scaled = try graph.add(ElementwiseFunction(.linear(alpha, 0)), [x], for: call)
    let gate = try graph.add(ElementwiseFunction(.sigmoid), [scaled], for: call)
    return try graph.add(Arithmetic(.multiply), [x, gate], for: call)
  }
}
