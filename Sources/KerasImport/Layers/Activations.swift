import GraphEngine
import Kernels

extension Layers {
  /// Runs `make` for a layer's own step, and its `activation` on the result: the layer's output is what comes after, and
  /// what comes before is called `…/pre_activation`.
  static func activated(
    _ call: LayerCall, _ graph: inout Lowering,
    make: (_ name: String, inout Lowering) throws(KerasError) -> Value
  ) throws(KerasError) -> Value {
    let activation = try Activation(call.layer.config["activation"], of: call)
    guard let activation else { return try make(call.output, &graph) }
    let before = try make(call.inner("pre_activation"), &graph)
    return try activation.apply(to: before, call, &graph)
  }

  /// `Activation`.
  static func activation(_ call: LayerCall, _ graph: inout Lowering) throws(KerasError) -> Value {
    guard let activation = try Activation(call.layer.config["activation"], of: call) else {
      return try unchanged(call, &graph)
    }
    return try activation.apply(to: try call.input(), call, &graph)
  }
}

/// An activation function that a layer's settings name.
enum Activation {
  case function(UnaryFunction)
  /// The logarithm of the sigmoid.
  case logSigmoid
  case softmax, logSoftmax
  /// A layer in the place of a function.
  case layer(LayerKind, JSON)

  /// `nil` where nothing is applied.
  ///
  /// - Parameters:
  ///   - json: the setting: a name, or a layer's description.
  ///   - call: whose setting it is.
  /// - Throws: ``KerasError/unsupportedUse(_:reason:)`` for functions that are unknown or somebody's own.
  init?(_ json: JSON, of call: LayerCall) throws(KerasError) {
    if json.isNull { return nil }
    guard let name = json.text ?? Self.functionName(json) else {
      guard let className = json["class_name"].text, let kind = Self.layers[className],
        !(json["registered_name"].text?.contains(">") ?? false)
      else { throw call.unsupported("its activation is no function of Keras") }
      self = .layer(kind, json["config"])
      return
    }
    switch name {
    case "linear": return nil
    case "softmax": self = .softmax
    case "log_softmax": self = .logSoftmax
    case "log_sigmoid": self = .logSigmoid
    case "hard_sigmoid" where call.kerasVersion < 3: self = .function(.hardSigmoid(alpha: 0.2, beta: 0.5))
    default:
      guard let function = Self.functions[name] else {
        throw call.unsupported("its activation '\(name)' is not among those that can be computed")
      }
      self = .function(function)
    }
  }

  /// Keras' own functions, where they are described at length.
  private static func functionName(_ json: JSON) -> String? {
    guard json["class_name"].text == "function", json["module"].text?.hasPrefix("keras") ?? false else { return nil }
    return json["config"].text
  }

  static let functions: [String: UnaryFunction] = [
    "relu": .relu, "relu6": .clip(0, 6), "leaky_relu": .leakyReLU(0.2), "elu": .elu(1), "celu": .celu(1),
    "selu": .selu(1.673_263_2, 1.050_701), "gelu": .gelu, "silu": .silu, "swish": .silu, "sigmoid": .sigmoid,
    "hard_sigmoid": .hardSigmoid(alpha: 1 / 6, beta: 0.5), "hard_silu": .hardSwish, "hard_swish": .hardSwish,
    "tanh": .tanh, "hard_tanh": .clip(-1, 1), "softplus": .softplus, "softsign": .softsign, "exponential": .exp,
    "mish": .mish,
  ]

  private static let layers: [String: LayerKind] = [
    "ReLU": LayerKind(Layers.rectifier), "LeakyReLU": LayerKind(Layers.leakyReLU), "ELU": LayerKind(Layers.elu),
    "Softmax": LayerKind(Layers.softmax), "ThresholdedReLU": LayerKind(Layers.thresholdedReLU),
  ]

  /// Appends the function as the last step of a layer.
  func apply(to x: Value, _ call: LayerCall, _ graph: inout Lowering) throws(KerasError) -> Value {
    switch self {
    case .function(let function):
      return try graph.add(ElementwiseFunction(function), [x], to: call.output, for: call)
    case .logSigmoid:
      let negative = try graph.add(ElementwiseFunction(.neg), [x], to: call.inner("negative"), for: call)
      let soft = try graph.add(ElementwiseFunction(.softplus), [negative], to: call.inner("softplus"), for: call)
      return try graph.add(ElementwiseFunction(.neg), [soft], to: call.output, for: call)
    case .softmax:
      return try graph.add(Softmax(axis: x.axis(x.rank - 1)), [x], to: call.output, for: call)
    case .logSoftmax:
      return try graph.add(LogSoftmax(axis: x.axis(x.rank - 1)), [x], to: call.output, for: call)
    case .layer(let kind, let config):
      return try kind.lower(call.with(config: config, input: x), &graph)
    }
  }
}

extension LayerCall {
  /// The same call as if the layer had other settings and were given `input`.
  fileprivate func with(config: JSON, input: Value) -> LayerCall {
    LayerCall(
      layer: layer.with(config: config), invocation: invocation, inputs: [input], output: output, weights: weights,
      kerasVersion: kerasVersion)
  }
}
