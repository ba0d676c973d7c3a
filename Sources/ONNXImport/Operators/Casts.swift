import GraphEngine
import Kernels

extension OperatorTable {
  static func cast(_ call: OperatorCall, _ graph: inout Lowering) throws(ONNXError) -> Value {
    let number = Int32(clamping: try call.attributes.integer("to") ?? 0)
    guard let type = ElementType(rawValue: number), !type.isNarrowReal else {
      throw call.unsupported("it turns activations into \(ElementType.name(of: number))")
    }
    return try cast(try call.input(0), to: type, for: call, &graph)
  }

  static func castLike(_ call: OperatorCall, _ graph: inout Lowering) throws(ONNXError) -> Value {
    let type = try call.input(1).type
    if type.isNarrowReal { throw call.unsupported("it turns activations into \(type)") }
    return try cast(try call.input(0), to: type, for: call, &graph)
  }

  /// A cast as the engine sees it, which computes in float32 throughout: only what cuts off fractions is a step.
  private static func cast(
    _ x: Value, to type: ElementType, for call: OperatorCall, _ graph: inout Lowering
  ) throws(ONNXError) -> Value {
    if case .constant(let constant, _) = x {
      return .constant(try ConstantFolding.converted(constant, to: type, for: call), name: "")
    }
    guard case .computed(let name, let shape, let source) = x else { return x }
    if type == .bool, source != .bool {
      return try graph.add(Comparison(.notEqual), [x, .scalar(0)], for: call, as: .bool)
    }
    if source.isReal, !type.isReal {
      return try graph.add(ElementwiseFunction(.truncate), [x], for: call, as: type)
    }
    if !source.isReal, !type.isReal, !type.holdsAll(of: source), let range = type.range {
      // A sum with zero wraps around what the type does not hold.
      let zero = Value.constant(Constant(integers: [0], shape: [], type: type), name: "")
      return try graph.add(IntegerArithmetic(.add, in: range), [x, zero], for: call, as: type)
    }
    return .computed(name: name, shape: shape, type: type)
  }
}
