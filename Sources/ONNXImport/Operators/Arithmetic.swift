import GraphEngine
import Kernels

extension OperatorTable {
  /// A function of two arrays, folded over the inputs where there are more.
  static func arithmetic(_ function: BinaryFunction) -> Lower {
    { (call, graph) throws(ONNXError) in
      // Broadcasting by attribute ended with opset 6; files that mix both mean something else.
      if call.attributes["broadcast"] != nil || call.attributes["axis"] != nil {
        throw call.unsupported("it broadcasts as in opset 6; export it with opset_version=18")
      }
      if let whole = IntegerArithmetic.Function(function), try !call.input(0).type.isReal {
        return try integerArithmetic(whole, call, &graph)
      }
      if function == .power, let exponent = call.optionalInput(1)?.constant, exponent.count == 1,
        exponent.shape.count <= call.inputs[0]?.shape.count ?? 0
      {
        let op = ElementwiseFunction(.pow(exponent.reals[0]))
        return try graph.add(op, [try call.input(0)], for: call)
      }
      var result = try call.input(0)
      for index in call.inputs.indices.dropFirst() {
        result = try graph.add(Arithmetic(function), [result, try call.input(index)], for: call)
      }
      return result
    }
  }

  /// `Mod`: with the divisor's sign as in Python, or the dividend's where the file says `fmod`.
  static func remainder(_ call: OperatorCall, _ graph: inout Lowering) throws(ONNXError) -> Value {
    let keepsDividendSign = try call.attributes.flag("fmod")
    if try !call.input(0).type.isReal {
      return try integerArithmetic(.remainder(keepsDividendSign: keepsDividendSign), call, &graph)
    }
    let op = DivisionRemainder(keepsDividendSign: keepsDividendSign)
    return try graph.add(op, [try call.input(0), try call.input(1)], for: call)
  }

  /// Arithmetic of whole numbers that the network computes.
  private static func integerArithmetic(
    _ function: IntegerArithmetic.Function, _ call: OperatorCall, _ graph: inout Lowering
  ) throws(ONNXError) -> Value {
    let (a, b) = (try call.input(0), try call.input(1))
    let type = a.constant == nil ? a.type : b.type
    guard type != .bool, let range = type.range else {
      throw call.unsupported("it computes with activations of type \(type)")
    }
    return try graph.add(IntegerArithmetic(function, in: range), [a, b], for: call, as: type)
  }

  /// `Neg` and `Abs`, exact for whole numbers too; `Sum` and running sums of whole numbers, which must not outgrow them.
  static func wholeSum(_ body: @escaping Lower) -> Lower {
    { (call, graph) throws(ONNXError) in
      let x = try call.input(0), result = try body(call, &graph)
      guard !x.type.isReal, result.constant == nil else { return result }
      guard x.type != .bool, let range = x.type.range else {
        throw call.unsupported("it computes with activations of type \(x.type)")
      }
      let zero = Value.constant(Constant(integers: [0], shape: [], type: x.type), name: "")
      return try graph.add(IntegerArithmetic(.add, in: range), [result, zero], for: call)
    }
  }

  /// `Mean` of any number of inputs.
  static func mean(_ call: OperatorCall, _ graph: inout Lowering) throws(ONNXError) -> Value {
    let sum = try arithmetic(.add)(call, &graph)
    let share = Value.constant(Constant(reals: [1 / Float(call.inputs.count)], shape: []), name: "")
    return call.inputs.count == 1 ? sum : try graph.add(Arithmetic(.multiply), [sum, share], for: call)
  }
}

extension IntegerArithmetic.Function {
  /// The counterpart of a function of reals.
  fileprivate init?(_ function: BinaryFunction) {
    switch function {
    case .add: self = .add
    case .subtract: self = .subtract
    case .multiply: self = .multiply
    case .divide: self = .divide
    case .maximum, .minimum, .power: return nil
    }
  }
}
