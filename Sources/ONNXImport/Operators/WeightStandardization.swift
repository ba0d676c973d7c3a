import GraphEngine
import Kernels

extension OperatorTable {
  /// `BatchNormalization` of weights by their own statistics, as exporters spell the standardised weights of
  /// normaliser-free networks (Brock and others 2021, *Characterizing signal propagation…*).
  ///
  /// - Throws: ``ONNXError/unsupported(_:)`` where it is activations that are normalised as in training.
  static func standardizedWeights(_ call: OperatorCall, _ graph: inout Lowering) throws(ONNXError) -> Value {
    let x = try call.input(0)
    guard x.constant != nil, x.shape.count >= 2 else {
      throw call.unsupported("it is in training mode; export the network after calling eval()")
    }
    let mean = Reduction(.mean, axes: x.shape.indices.filter { $0 != 1 }, keepsDimensions: true)
    let perChannel = Reshape(to: x.shape.indices.map { $0 == 1 ? x.shape[1] : 1 })
    let epsilon = Value.scalar(try call.attributes.real("epsilon") ?? 1e-5)
    let centered = try graph.add(Arithmetic(.subtract), [x, graph.add(mean, [x], for: call)], for: call)
    let squares = try graph.add(Arithmetic(.multiply), [centered, centered], for: call)
    let variance = try graph.add(Arithmetic(.add), [graph.add(mean, [squares], for: call), epsilon], for: call)
    let deviation = try graph.add(ElementwiseFunction(.sqrt), [variance], for: call)
    let standard = try graph.add(Arithmetic(.divide), [centered, deviation], for: call)
    let scale = try graph.add(perChannel, [call.input(1)], for: call)
    let shift = try graph.add(perChannel, [call.input(2)], for: call)
    return try graph.add(
      Arithmetic(.add), [graph.add(Arithmetic(.multiply), [standard, scale], for: call), shift], for: call)
  }
}
