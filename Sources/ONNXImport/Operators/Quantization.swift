import GraphEngine
import Kernels

/// Steps between reals and the whole numbers of quantised networks.
///
/// Whole numbers are carried in float32: exact up to 2²⁴, so that sums of products beyond are rounded as any others.
extension OperatorTable {
  static func quantization(_ call: OperatorCall, _ graph: inout Lowering) throws(ONNXError) -> Value {
    let x = try call.input(0)
    let stated = try call.attributes.integer("output_dtype").flatMap {
      $0 == 0 ? nil : ElementType(rawValue: Int32(clamping: $0))
    }
    let type = call.optionalInput(2)?.type ?? stated ?? .uint8
    return try graph.quantized(x, scale: try call.input(1), zero: call.optionalInput(2), type, for: call)
  }

  static func dequantization(_ call: OperatorCall, _ graph: inout Lowering) throws(ONNXError) -> Value {
    try graph.dequantized(try call.input(0), scale: try call.input(1), zero: call.optionalInput(2), for: call)
  }

  static func dynamicQuantization(_ call: OperatorCall, _ graph: inout Lowering) throws(ONNXError) -> [Value] {
    let x = try call.input(0)
    return [
      try graph.add(DynamicQuantization(.numbers), [x], for: call, as: .uint8),
      try graph.add(DynamicQuantization(.scale), [x], for: call),
      try graph.add(DynamicQuantization(.zeroPoint), [x], for: call, as: .uint8),
    ]
  }
}

extension Lowering {
  mutating func quantized(
    _ x: Value, scale: Value, zero: Value?, _ type: ElementType, for call: OperatorCall
  ) throws(ONNXError) -> Value {
    guard let range = type.range, type.bits <= 16, type != .bool else {
      throw call.unsupported("it quantises to \(type)")
    }
    let op = Quantization(low: Float(range.lowerBound), high: Float(range.upperBound))
    let inputs = [
      x, try spread(scale, over: x, for: call),
      try zero.map { zero throws(ONNXError) in try spread(zero, over: x, for: call) } ?? .scalar(0),
    ]
    return try add(op, inputs, for: call, as: type)
  }

  mutating func dequantized(
    _ x: Value, scale: Value, zero: Value?, for call: OperatorCall
  ) throws(ONNXError) -> Value {
    let centered = try centered(
      x, zero: zero.map { zero throws(ONNXError) in try spread(zero, over: x, for: call) }, for: call)
    var stem: String?
    if case .computed(let name, _, _) = x { stem = name + ".dequantized" }
    return try add(
      Arithmetic(.multiply), [centered, try spread(scale, over: x, for: call)], for: call, as: .float32, named: stem)
  }

  /// Whole numbers less their zero point.
  mutating func centered(_ x: Value, zero: Value?, for call: OperatorCall) throws(ONNXError) -> Value {
    guard let zero, zero.constant?.reals.allSatisfy({ $0 == 0 }) != true else {
      if case .computed(let name, let shape, _) = x { return .computed(name: name, shape: shape, type: .float32) }
      return .constant(Constant(reals: x.constant?.reals ?? [], shape: x.shape), name: "")
    }
    return try add(Arithmetic(.subtract), [x, zero], for: call, as: .float32)
  }

  /// A scale or zero point, of all, of each position of one axis or of each block of it, so that it broadcasts.
  private mutating func spread(_ factor: Value, over x: Value, for call: OperatorCall) throws(ONNXError) -> Value {
    if factor.shape.reduce(1, *) == 1 { return try reshaped(factor, to: [], for: call) }
    let axis = try call.axis(try call.attributes.integer("axis") ?? 1, rank: x.shape.count)
    if factor.shape.count == 1 {
      guard factor.shape == [x.shape[axis]] else {
        throw call.malformed("a scale of \(spelled(factor.shape)) does not fit \(spelled(x.shape))")
      }
      return try add(Reshape(to: [factor.shape[0]] + x.shape[(axis + 1)...].map { _ in 1 }), [factor], for: call)
    }
    let block = try call.attributes.integer("block_size") ?? 0
    var whole = x.shape
    guard factor.shape.count == x.shape.count, (1...(1 << 31)).contains(block) else {
      throw call.malformed("a scale of \(spelled(factor.shape)) does not fit \(spelled(x.shape))")
    }
    whole[axis] = factor.shape[axis]
    guard factor.shape == whole, (factor.shape[axis] - 1) * block < x.shape[axis],
      x.shape[axis] <= factor.shape[axis] * block
    else { throw call.malformed("blocks of \(block) do not fit \(spelled(x.shape))") }
    let indices = (0..<x.shape[axis]).map { $0 / block }
    return try add(Gather(indices: indices, indicesShape: [indices.count], axis: axis), [factor], for: call)
  }
}
