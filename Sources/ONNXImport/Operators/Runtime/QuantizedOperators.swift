import GraphEngine
import Kernels

/// The operators of onnxruntime's own domain that its quantiser writes.
extension OperatorTable {
  /// `QLinearAdd`, `QLinearMul`: each operand, and the result, has its own scale and zero point.
  static func quantizedArithmetic(_ function: BinaryFunction) -> Lower {
    { (call, graph) throws(ONNXError) in
      let a = try graph.dequantized(try call.input(0), scale: try call.input(1), zero: call.optionalInput(2), for: call)
      let b = try graph.dequantized(try call.input(3), scale: try call.input(4), zero: call.optionalInput(5), for: call)
      let result = try graph.add(Arithmetic(function), [a, b], for: call)
      return try graph.quantizedLike(call, scale: 6, result)
    }
  }

  /// An operator of reals, of a quantised input, quantised again.
  static func betweenReals(_ lower: @escaping Lower) -> Lower {
    { (call, graph) throws(ONNXError) in
      let isChannelsLast = try call.attributes.flag("channels_last")
      var x = try graph.dequantized(try call.input(0), scale: try call.input(1), zero: call.optionalInput(2), for: call)
      if isChannelsLast { x = try graph.channelsFirst(x, for: call) }
      // A softmax says itself which opset's it is: until 12 it took all axes from one on together.
      let opset = try call.attributes.integer("opset") ?? call.opset
      var result = try lower(call.with(inputs: [x], opset: opset), &graph)
      if isChannelsLast { result = try graph.channelsLast(result, for: call) }
      return try graph.quantizedLike(call, scale: 3, result)
    }
  }

  /// `QLinearConcat`: scale and zero point of the result, then value, scale and zero point of each part.
  static func quantizedConcatenation(_ call: OperatorCall, _ graph: inout Lowering) throws(ONNXError) -> Value {
    guard call.inputs.count % 3 == 2 else { throw call.malformed("each part must have a scale and a zero point") }
    var parts: [Value] = []
    for index in stride(from: 2, to: call.inputs.count, by: 3) {
      parts.append(
        try graph.dequantized(
          try call.input(index), scale: try call.input(index + 1), zero: call.optionalInput(index + 2), for: call))
    }
    let axis = try call.axis(try call.attributes.integer("axis") ?? 1, rank: parts[0].shape.count)
    let whole = try graph.add(Concatenation(axis: axis), parts, for: call)
    return try graph.quantizedLike(call, scale: 0, whole)
  }

  /// `QGemm`: whole numbers in, and out where the file gives the result's scale; the weights' scale and zero point may
  /// be given per column of the result.
  static func quantizedGeneralProduct(_ call: OperatorCall, _ graph: inout Lowering) throws(ONNXError) -> Value {
    let op = Linear(
      transposesInput: try call.attributes.flag("transA"),
      transposesWeights: try call.attributes.flag("transB"))
    let (aScale, bScale) = (try call.input(1), try call.input(4))
    let a = try graph.centered(try call.input(0), zero: call.optionalInput(2), for: call)
    var zero = call.optionalInput(5)
    if let points = zero, points.shape.reduce(1, *) > 1, op.transposesWeights {
      zero = try graph.reshaped(points, to: points.shape + [1], for: call)
    }
    let b = try graph.centered(try call.input(3), zero: zero, for: call)
    var values = [a, b]
    if let bias = call.optionalInput(6) { values.append(try graph.centered(bias, zero: nil, for: call)) }
    let sums = try graph.add(op, values, for: call)
    let product = try graph.add(Arithmetic(.multiply), [aScale, bScale], for: call)
    let alpha = try call.attributes.real("alpha") ?? 1
    let factor = try graph.add(ElementwiseFunction(.linear(alpha, 0)), [product], for: call)
    let columns = bScale.shape.reduce(1, *) == 1 ? [] : [bScale.shape.reduce(1, *)]
    let placed = try graph.reshaped(factor, to: columns, for: call)
    let real = try graph.add(Arithmetic(.multiply), [sums, placed], for: call)
    return call.optionalInput(7) == nil ? real : try graph.quantizedLike(call, scale: 7, real)
  }
}

extension Lowering {
  /// A result quantised by the scale at an input and the zero point behind it; both are of unsigned bytes by default.
  fileprivate mutating func quantizedLike(
    _ call: OperatorCall, scale: Int, _ result: Value
  ) throws(ONNXError) -> Value {
    let zero = call.optionalInput(scale + 1)
    return try quantized(
      result, scale: try call.input(scale), zero: zero, zero?.type ?? .uint8, for: call)
  }
}
