import GraphEngine
import Kernels

/// Functions of two arrays, which broadcast, and comparisons.
extension OperatorTable {
  static let arithmetic: [String: Lower] = [
    "add": one(sum(1)), "sub": one(sum(-1)), "subtract": one(sum(-1)), "rsub": one(reversedDifference),
    "mul": one(combined(.multiply)), "multiply": one(combined(.multiply)), "div": one(quotient),
    "divide": one(quotient), "true_divide": one(quotient), "maximum": one(combined(.maximum)),
    "minimum": one(combined(.minimum)), "pow": one(power), "remainder": one(remainder(keepsDividendSign: false)),
    "fmod": one(remainder(keepsDividendSign: true)), "floor_divide": one(floorQuotient), "addcmul": one(addcmul),
    "addcdiv": one(addcdiv), "lerp": one(interpolation), "outer": one(outerProduct),
  ]

  static let comparisons: [String: Lower] = [
    "eq": one(compared(.equal)), "ne": one(compared(.notEqual)), "lt": one(compared(.less)),
    "le": one(compared(.lessOrEqual)), "gt": one(compared(.greater)), "ge": one(compared(.greaterOrEqual)),
    "logical_not": one(negation), "bitwise_not": one(negation), "logical_and": one(both), "bitwise_and": one(both),
    "__and__": one(both), "logical_or": one(either), "bitwise_or": one(either), "__or__": one(either),
    "where": one(choice), "masked_fill": one(maskedFill), "isnan": one(noNumber), "isinf": one(infinite),
    "logical_xor": one(compared(.notEqual)), "bitwise_xor": one(compared(.notEqual)),
  ]

  private static func combined(_ function: BinaryFunction) -> LowerOne {
    { (call, graph) throws(TorchExportError) in
      let (a, b) = (try call.tensor(), try call.tensor("other"))
      return try graph.combine(function, a, b, for: call)
    }
  }

  /// `a ± α·b`.
  private static func sum(_ sign: Float) -> LowerOne {
    { (call, graph) throws(TorchExportError) in
      let a = try call.tensor()
      var b = try call.tensor("other")
      let alpha = sign * (try call.real("alpha", 1))
      if alpha == -1 { return try graph.combine(.subtract, a, b, for: call) }
      if alpha != 1 { b = try graph.add(ElementwiseFunction(.linear(alpha, 0)), [b], for: call) }
      return try graph.combine(.add, a, b, for: call)
    }
  }

  private static func reversedDifference(
    _ call: Call, _ graph: inout Lowering
  ) throws(TorchExportError) -> TensorValue {
    guard try call.real("alpha", 1) == 1 else { throw call.unsupported("its alpha is not 1") }
    return try graph.combine(.subtract, try call.tensor("other"), try call.tensor(), for: call)
  }

  private static func quotient(_ call: Call, _ graph: inout Lowering) throws(TorchExportError) -> TensorValue {
    let (a, b) = (try call.tensor(), try call.tensor("other"))
    var result = try graph.add(Arithmetic(.divide), [a, b], for: call, as: .real)
    switch call.text("rounding_mode", "") {
    case "floor": result = try graph.add(ElementwiseFunction(.floor), [result], for: call, as: max(a.kind, b.kind))
    case "trunc": result = try graph.add(ElementwiseFunction(.truncate), [result], for: call, as: max(a.kind, b.kind))
    default: break
    }
    return result
  }

  private static func floorQuotient(_ call: Call, _ graph: inout Lowering) throws(TorchExportError) -> TensorValue {
    let (a, b) = (try call.tensor(), try call.tensor("other"))
    let whole = try graph.add(Arithmetic(.divide), [a, b], for: call, as: .real)
    return try graph.add(ElementwiseFunction(.floor), [whole], for: call, as: max(a.kind, b.kind))
  }

  private static func power(_ call: Call, _ graph: inout Lowering) throws(TorchExportError) -> TensorValue {
    let (base, exponent) = (try call.tensor(), try call.tensor("exponent"))
    if let number = exponent.array, number.count == 1 {
      return try graph.add(ElementwiseFunction(.pow(number.scalars[0])), [base], for: call)
    }
    return try graph.add(Arithmetic(.power), [base, exponent], for: call, as: max(base.kind, exponent.kind))
  }

  private static func remainder(keepsDividendSign: Bool) -> LowerOne {
    { (call, graph) throws(TorchExportError) in
      let (a, b) = (try call.tensor(), try call.tensor("other"))
      return try graph.add(
        DivisionRemainder(keepsDividendSign: keepsDividendSign), [a, b], for: call, as: max(a.kind, b.kind))
    }
  }

  private static func addcmul(_ call: Call, _ graph: inout Lowering) throws(TorchExportError) -> TensorValue {
    try graph.added(.multiply, for: call)
  }

  private static func addcdiv(_ call: Call, _ graph: inout Lowering) throws(TorchExportError) -> TensorValue {
    try graph.added(.divide, for: call)
  }

  /// `a + w·(b − a)`.
  private static func interpolation(_ call: Call, _ graph: inout Lowering) throws(TorchExportError) -> TensorValue {
    let (a, b, w) = (try call.tensor(), try call.tensor("end"), try call.tensor("weight"))
    let difference = try graph.combine(.subtract, b, a, for: call)
    return try graph.combine(.add, a, try graph.combine(.multiply, w, difference, for: call), for: call)
  }

  /// Every number of one vector times every number of another.
  private static func outerProduct(_ call: Call, _ graph: inout Lowering) throws(TorchExportError) -> TensorValue {
    let (a, b) = (try call.tensor(), try call.tensor("vec2"))
    let column = try graph.reshape(a, to: [a.shape.reduce(1, *), 1], for: call)
    return try graph.combine(.multiply, column, b, for: call)
  }

  private static func compared(_ relation: Relation) -> LowerOne {
    { (call, graph) throws(TorchExportError) in
      try graph.add(Comparison(relation), [try call.tensor(), try call.tensor("other")], for: call, as: .truth)
    }
  }

  private static func negation(_ call: Call, _ graph: inout Lowering) throws(TorchExportError) -> TensorValue {
    let x = try call.tensor()
    guard x.kind == .truth || call.node.target.contains("logical") else {
      throw call.unsupported("it turns the bits of whole numbers around")
    }
    return try graph.add(Comparison(.equal), [x, TensorValue(0)], for: call, as: .truth)
  }

  private static func both(_ call: Call, _ graph: inout Lowering) throws(TorchExportError) -> TensorValue {
    try graph.truths(.multiply, for: call)
  }

  private static func either(_ call: Call, _ graph: inout Lowering) throws(TorchExportError) -> TensorValue {
    try graph.truths(.maximum, for: call)
  }

  private static func choice(_ call: Call, _ graph: inout Lowering) throws(TorchExportError) -> TensorValue {
    let (condition, a, b) = (try call.tensor("condition"), try call.tensor(), try call.tensor("other"))
    return try graph.add(Selection(), [condition, a, b], for: call, as: max(a.kind, b.kind))
  }

  private static func maskedFill(_ call: Call, _ graph: inout Lowering) throws(TorchExportError) -> TensorValue {
    let (x, mask, value) = (try call.tensor(), try call.tensor("mask"), try call.tensor("value"))
    return try graph.add(Selection(), [mask, value, x], for: call, as: x.kind)
  }

  /// Whether a number is none: it then differs from itself.
  private static func noNumber(_ call: Call, _ graph: inout Lowering) throws(TorchExportError) -> TensorValue {
    let x = try call.tensor()
    return try graph.add(Comparison(.notEqual), [x, x], for: call, as: .truth)
  }

  private static func infinite(_ call: Call, _ graph: inout Lowering) throws(TorchExportError) -> TensorValue {
    let size = try graph.add(ElementwiseFunction(.abs), [try call.tensor()], for: call)
    return try graph.add(Comparison(.equal), [size, TensorValue(.infinity)], for: call, as: .truth)
  }
}

extension Lowering {
  mutating func combine(
    _ function: BinaryFunction, _ a: TensorValue, _ b: TensorValue, for call: Call
  ) throws(TorchExportError) -> TensorValue {
    try add(Arithmetic(function), [a, b], for: call, as: max(a.kind, b.kind))
  }

  /// `self + value · (tensor1 ∘ tensor2)`.
  fileprivate mutating func added(
    _ function: BinaryFunction, for call: Call
  ) throws(TorchExportError) -> TensorValue {
    var part = try combine(function, try call.tensor("tensor1"), try call.tensor("tensor2"), for: call)
    let value = try call.real("value", 1)
    if value != 1 { part = try add(ElementwiseFunction(.linear(value, 0)), [part], for: call) }
    return try combine(.add, try call.tensor(), part, for: call)
  }

  fileprivate mutating func truths(
    _ function: BinaryFunction, for call: Call
  ) throws(TorchExportError) -> TensorValue {
    let (a, b) = (try call.tensor(), try call.tensor("other"))
    guard a.kind == .truth && b.kind == .truth || call.node.target.contains("logical") else {
      throw call.unsupported("it combines the bits of whole numbers")
    }
    return try add(Arithmetic(function), [a, b], for: call, as: .truth)
  }
}
