import GraphEngine
import Kernels

/// Comparisons, and what is computed with their truths; truths are 0 and 1 in the engine.
extension OperatorTable {
  static func comparison(_ relation: Relation) -> Lower {
    { (call, graph) throws(ONNXError) in
      if call.attributes["broadcast"] != nil || call.attributes["axis"] != nil {
        throw call.unsupported("it broadcasts as in opset 6; export it with opset_version=18")
      }
      return try graph.add(Comparison(relation), [try call.input(0), try call.input(1)], for: call, as: .bool)
    }
  }

  /// `And`, `Or`, `Xor` as arithmetic of 0 and 1.
  static func logic(_ op: any Operator) -> Lower {
    { (call, graph) throws(ONNXError) in
      try graph.add(op, [try call.input(0), try call.input(1)], for: call, as: .bool)
    }
  }

  static func negation(_ call: OperatorCall, _ graph: inout Lowering) throws(ONNXError) -> Value {
    try graph.add(Comparison(.equal), [try call.input(0), .scalar(0)], for: call, as: .bool)
  }

  static func isNotANumber(_ call: OperatorCall, _ graph: inout Lowering) throws(ONNXError) -> Value {
    let x = try call.input(0)
    return try graph.add(Comparison(.notEqual), [x, x], for: call, as: .bool)
  }

  static func isInfinite(_ call: OperatorCall, _ graph: inout Lowering) throws(ONNXError) -> Value {
    let x = try call.input(0)
    let findsPositive = try call.attributes.flag("detect_positive", default: true)
    let findsNegative = try call.attributes.flag("detect_negative", default: true)
    switch (findsPositive, findsNegative) {
    case (true, true):
      let size = try graph.add(ElementwiseFunction(.abs), [x], for: call)
      return try graph.add(Comparison(.equal), [size, .scalar(.infinity)], for: call, as: .bool)
    case (true, false): return try graph.add(Comparison(.equal), [x, .scalar(.infinity)], for: call, as: .bool)
    case (false, true): return try graph.add(Comparison(.equal), [x, .scalar(-.infinity)], for: call, as: .bool)
    case (false, false): return try graph.add(Comparison(.less), [x, .scalar(-.infinity)], for: call, as: .bool)
    }
  }

  /// `Where`; two forms that exporters take activation functions apart into are put together again.
  static func selection(_ call: OperatorCall, _ graph: inout Lowering) throws(ONNXError) -> Value {
    let (condition, chosen, other) = (try call.input(0), try call.input(1), try call.input(2))
    if let threshold = graph.threshold(of: condition, on: chosen) {
      // PyTorch's softplus: beyond some bound x itself, which from 16 on is the softplus to the last bit of a float.
      if threshold >= 16, let node = graph.producer(of: other), case .computed(let name, _, _) = chosen,
        let function = (node.op as? ElementwiseFunction)?.function, function == .softplus, node.inputs == [name]
      {
        return other
      }
      if let constant = other.constant, constant.reals.allSatisfy({ $0 == 0 }),
        broadcastShape(chosen.shape, constant.shape) == chosen.shape
      {
        return try graph.add(ElementwiseFunction(.thresholdedReLU(threshold)), [chosen], for: call)
      }
    }
    return try graph.add(Selection(), [condition, chosen, other], for: call, as: chosen.type)
  }
}

extension Lowering {
  /// The number `t` where the condition is `value > t`.
  fileprivate func threshold(of condition: Value, on value: Value) -> Float? {
    guard let node = producer(of: condition), (node.op as? Comparison)?.relation == .greater,
      case .computed(node.inputs[0], _, _) = value, let bound = graph.constants[node.inputs[1]], bound.count == 1
    else { return nil }
    return bound.scalars[0]
  }
}
