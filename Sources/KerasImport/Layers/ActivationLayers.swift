import GraphEngine
import Kernels

extension Layers {
  /// `ReLU`: `max_value` above, `negative_slope · (x − threshold)` below the threshold, `x` between.
  static func rectifier(_ call: LayerCall, _ graph: inout Lowering) throws(KerasError) -> Value {
    let x = try call.input()
    let slope = try call.layer.real("negative_slope", default: 0)
    let threshold = try call.layer.real("threshold", default: 0)
    let bound = call.layer.config["max_value"].isNull ? nil : try call.layer.real("max_value", default: 0)
    switch (threshold, slope, bound) {
    case (0, 0, nil): return try apply(.relu, to: x, call, &graph)
    case (0, 0, let bound?) where bound > 0: return try apply(.clip(0, bound), to: x, call, &graph)
    case (0, _, nil): return try apply(.leakyReLU(slope), to: x, call, &graph)
    default: return try general(x, slope, threshold, bound, call, &graph)
    }
  }

  private static func general(
    _ x: Value, _ slope: Float, _ threshold: Float, _ bound: Float?, _ call: LayerCall, _ graph: inout Lowering
  ) throws(KerasError) -> Value {
    func step(_ function: UnaryFunction, _ x: Value, _ part: String) throws(KerasError) -> Value {
      try graph.add(ElementwiseFunction(function), [x], to: call.inner(part), for: call)
    }
    var above = try step(.thresholdedReLU(threshold), x, "above")
    if let bound { above = try step(.clip(-.greatestFiniteMagnitude, bound), above, "bounded") }
    let below = try step(.relu, try step(.linear(-1, threshold), x, "distance"), "below")
    let sloped = try step(.linear(-slope, 0), below, "sloped")
    return try graph.add(Arithmetic(.add), [above, sloped], to: call.output, for: call)
  }

  /// `LeakyReLU`, whose slope Keras 2 calls `alpha`.
  static func leakyReLU(_ call: LayerCall, _ graph: inout Lowering) throws(KerasError) -> Value {
    let key = call.layer.config["negative_slope"].isNull ? "alpha" : "negative_slope"
    return try apply(.leakyReLU(try call.layer.real(key, default: 0.3)), to: try call.input(), call, &graph)
  }

  /// `ThresholdedReLU` of Keras 2.
  static func thresholdedReLU(_ call: LayerCall, _ graph: inout Lowering) throws(KerasError) -> Value {
    try apply(.thresholdedReLU(try call.layer.real("theta", default: 1)), to: try call.input(), call, &graph)
  }

  static func elu(_ call: LayerCall, _ graph: inout Lowering) throws(KerasError) -> Value {
    try apply(.elu(try call.layer.real("alpha", default: 1)), to: try call.input(), call, &graph)
  }

  /// `Softmax` along one axis.
  static func softmax(_ call: LayerCall, _ graph: inout Lowering) throws(KerasError) -> Value {
    let x = try call.input()
    let setting = call.layer.config["axis"]
    let axis = setting.isNull ? x.rank - 1 : try call.layer.axis(setting, rank: x.rank)
    return try graph.add(Softmax(axis: x.axis(axis)), [x], to: call.output, for: call)
  }

  /// `PReLU`, its slopes learnt for each position or shared along some axes.
  static func parametricReLU(_ call: LayerCall, _ graph: inout Lowering) throws(KerasError) -> Value {
    let x = try call.input()
    var shape = Array(x.shape.dropFirst())
    for json in call.layer.config["shared_axes"].list ?? [] { shape[try call.layer.axis(json, rank: x.rank) - 1] = 1 }
    let slopes = try call.weight("alpha", shape: shape)
    let value = graph.constant(try arranged(slopes, like: x, call), call.inner("alpha"))
    return try graph.add(ParametricReLU(), [x, value], to: call.output, for: call)
  }

  private static func apply(
    _ function: UnaryFunction, to x: Value, _ call: LayerCall, _ graph: inout Lowering
  ) throws(KerasError) -> Value {
    try graph.add(ElementwiseFunction(function), [x], to: call.output, for: call)
  }

  /// An array of Keras' order, without batch, in the order of a value; made once for all graphs of the model.
  private static func arranged(_ array: NDArray, like x: Value, _ call: LayerCall) throws(KerasError) -> NDArray {
    guard x.isMoved, array.shape.count >= 2 else { return array }
    do {
      return try array.derived("channels first", from: []) {
        let last = array.shape.count - 1
        return [try transposed(array, permutation: [last] + (0..<last)).asConstant()]
      }[0]
    } catch {
      throw call.malformed("\(error)")
    }
  }
}
