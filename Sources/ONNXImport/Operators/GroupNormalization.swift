import GraphEngine
import Kernels

/// Normalisations over groups of channels and over whole images, as layer normalisations of a reshaped input.
extension OperatorTable {
  static func instanceNormalization(_ call: OperatorCall, _ graph: inout Lowering) throws(ONNXError) -> Value {
    let x = try call.input(0)
    guard x.shape.count >= 3 else { throw call.malformed("\(spelled(x.shape)) has no positions to normalise over") }
    return try graph.normalized(x, groups: x.shape[1], by: try call.input(1), try call.input(2), for: call)
  }

  /// `GroupNormalization`: its scale and shift have one number per group until opset 20, then one per channel.
  static func groupNormalization(_ call: OperatorCall, _ graph: inout Lowering) throws(ONNXError) -> Value {
    let x = try call.input(0)
    guard x.shape.count >= 3, let groups = try call.attributes.integer("num_groups"), groups > 0,
      x.shape[1] % groups == 0
    else { throw call.malformed("its groups do not fit \(spelled(x.shape))") }
    var factors = [try call.input(1), try call.input(2)]
    if call.opset < 21 {
      for index in factors.indices {
        let column = try graph.add(Reshape(to: [groups, 1]), [factors[index]], for: call)
        let repeated = try graph.add(Expand(to: [groups, x.shape[1] / groups]), [column], for: call)
        factors[index] = try graph.add(Reshape(to: [x.shape[1]]), [repeated], for: call)
      }
    }
    return try graph.normalized(x, groups: groups, by: factors[0], factors[1], for: call)
  }

  /// `MeanVarianceNormalization`: `(x − μ)/(σ + 1e−9)` over some axes.
  static func meanVarianceNormalization(_ call: OperatorCall, _ graph: inout Lowering) throws(ONNXError) -> Value {
    let x = try call.input(0)
    let axes = try call.axes(try call.attributes.integers("axes") ?? [0, 2, 3], rank: x.shape.count).sorted()
    let mean = try graph.add(Reduction(.mean, axes: axes, keepsDimensions: true), [x], for: call)
    let centered = try graph.add(Arithmetic(.subtract), [x, mean], for: call)
    let square = try graph.add(Arithmetic(.multiply), [centered, centered], for: call)
    let variance = try graph.add(Reduction(.mean, axes: axes, keepsDimensions: true), [square], for: call)
    let deviation = try graph.add(ElementwiseFunction(.sqrt), [variance], for: call)
    let divisor = try graph.add(Arithmetic(.add), [deviation, .scalar(1e-9)], for: call)
    return try graph.add(Arithmetic(.divide), [centered, divisor], for: call)
  }

  /// `LpNormalization`: each line divided by its norm; a line of zeros stays.
  static func normNormalization(_ call: OperatorCall, _ graph: inout Lowering) throws(ONNXError) -> Value {
    let x = try call.input(0)
    let axis = try call.axis(try call.attributes.integer("axis") ?? -1, rank: x.shape.count)
    let p = try call.attributes.integer("p") ?? 2
    guard p == 1 || p == 2 else { throw call.malformed("its norm is number \(p)") }
    let norm = try graph.add(Reduction(p == 1 ? .l1 : .l2, axes: [axis], keepsDimensions: true), [x], for: call)
    // Zeros stay zeros, and pass cotangents as they are where the slope of the norm is infinite.
    let isZero = try graph.add(Comparison(.equal), [norm, .scalar(0)], for: call, as: .bool)
    let divisor = try graph.add(Selection(), [isZero, .scalar(1), norm], for: call, as: .float32)
    return try graph.add(Arithmetic(.divide), [x, divisor], for: call)
  }

  /// `RMSNormalization`: `x/√(mean x² + ε) · γ` over the axes from `axis` on.
  static func rootMeanSquareNormalization(
    _ call: OperatorCall, _ graph: inout Lowering
  ) throws(ONNXError) -> Value {
    let x = try call.input(0)
    let axis = try call.axis(try call.attributes.integer("axis") ?? -1, rank: x.shape.count)
    let epsilon = try call.attributes.real("epsilon") ?? 1e-5
    let square = try graph.add(Arithmetic(.multiply), [x, x], for: call)
    let axes = Array(axis..<x.shape.count)
    let mean = try graph.add(Reduction(.mean, axes: axes, keepsDimensions: true), [square], for: call)
    let shifted = try graph.add(Arithmetic(.add), [mean, .scalar(epsilon)], for: call)
    let root = try graph.add(ElementwiseFunction(.sqrt), [shifted], for: call)
    let normalized = try graph.add(Arithmetic(.divide), [x, root], for: call)
    return try graph.add(Arithmetic(.multiply), [normalized, try call.input(1)], for: call)
  }
}

extension Lowering {
  /// `[N, C, …]` with mean 0 and deviation 1 over the channels and positions of each group, then scaled and shifted.
  fileprivate mutating func normalized(
    _ x: Value, groups: Int, by scale: Value, _ shift: Value, for call: OperatorCall
  ) throws(ONNXError) -> Value {
    guard scale.shape == [x.shape[1]], shift.shape == scale.shape else {
      throw call.malformed("its scale and shift must have one number per channel")
    }
    _ = try ConstantFolding.affordableCount(of: [x.shape[1...].reduce(1, *) / groups], for: call)
    let epsilon = try call.attributes.real("epsilon") ?? 1e-5
    if let scale = scale.constant, let shift = shift.constant {
      let composite = Composite.groupNormalization(
        of: x.shape, groups: groups, epsilon: epsilon, scale: scale.array, shift: shift.array)
      return try add(composite, x, for: call)
    }
    var result = try add(.groupNormalization(of: x.shape, groups: groups, epsilon: epsilon), x, for: call)
    for (function, factor) in [(BinaryFunction.multiply, scale), (.add, shift)] {
      let column = try add(Reshape(to: [x.shape[1]] + x.shape.dropFirst(2).map { _ in 1 }), [factor], for: call)
      result = try add(Arithmetic(function), [result, column], for: call)
    }
    return result
  }

  /// Appends the steps of a composite and hands back the last one's value.
  private mutating func add(_ composite: Composite, _ x: Value, for call: OperatorCall) throws(ONNXError) -> Value {
    var results: [Value] = []
    for step in composite.steps {
      let operands = step.operands.map { operand -> Value in
        switch operand {
        case .input: x
        case .step(let index): results[index]
        case .constant(let array, _): .constant(Constant(reals: array), name: "")
        }
      }
      results.append(try add(step.op, operands, for: call))
    }
    return results.last ?? x
  }
}
