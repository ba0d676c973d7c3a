import GraphEngine
import Kernels

/// The operators that a trained network runs through unchanged.
extension OperatorTable {
  static func identity(_ call: OperatorCall, _ graph: inout Lowering) throws(ONNXError) -> Value { try call.input(0) }

  /// `Dropout` drops nothing once trained; its mask, the second output, is all true.
  static func dropout(_ call: OperatorCall, _ graph: inout Lowering) throws(ONNXError) -> [Value] {
    if let isTraining = try call.scalar(2, "its training mode"), isTraining != 0 {
      throw call.unsupported("it is in training mode; export the network after calling eval()")
    }
    let x = try call.input(0)
    guard call.hasOutput(1) else { return [x] }
    let kept = try graph.add(Comparison(.equal), [.scalar(0), .scalar(0)], for: call, as: .bool)
    return [x, try graph.add(Expand(to: x.shape), [kept], for: call, as: .bool)]
  }
}
