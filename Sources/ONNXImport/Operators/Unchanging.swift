import GraphEngine

/// The operators that a trained network runs through unchanged.
extension OperatorTable {
  static func identity(_ call: OperatorCall, _ graph: inout Lowering) throws(ONNXError) -> Value { try call.input(0) }

  /// `Dropout` drops nothing once trained; its mask, the second output, is not computed.
  static func dropout(_ call: OperatorCall, _ graph: inout Lowering) throws(ONNXError) -> [Value] {
    if let isTraining = try call.scalar(2, "its training mode"), isTraining != 0 {
      throw call.unsupported("it is in training mode; export the network after calling eval()")
    }
    return [try call.input(0)]
  }

  /// `Cast` between real types: the engine computes in float32 throughout.
  static func cast(_ call: OperatorCall, _ graph: inout Lowering) throws(ONNXError) -> Value {
    let number = Int32(clamping: try call.attributes.integer("to") ?? 0)
    guard ElementType(rawValue: number)?.isReal == true else {
      throw call.unsupported("it turns activations into \(ElementType.name(of: number)), which has no gradient")
    }
    return try call.input(0)
  }
}
