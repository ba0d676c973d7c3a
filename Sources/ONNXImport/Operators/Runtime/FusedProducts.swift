import GraphEngine
import Kernels

/// Convolutions and matrix products into which onnxruntime's optimiser has taken their neighbours.
extension OperatorTable {
  /// `FusedConv`: `f(W ∗ x + b + z)`, where the image-like `z` and the activation `f` may be missing.
  static func fusedConvolution(_ call: OperatorCall, _ graph: inout Lowering) throws(ONNXError) -> Value {
    try fusedConvolution(call, weights: try call.input(1), bias: call.optionalInput(2), &graph)
  }

  /// The same with weights and a bias at hand.
  static func fusedConvolution(
    _ call: OperatorCall, weights: Value, bias: Value?, _ graph: inout Lowering
  ) throws(ONNXError) -> Value {
    if bias != nil, bias?.constant == nil { throw call.unsupported("its bias depends on the image") }
    return try graph.activated(call) { (name, graph) throws(ONNXError) in
      let x = try call.input(0)
      guard let residual = call.optionalInput(3) else {
        return try convolved(x, weights, bias: bias, call, &graph, named: name)
      }
      let stem = call.resultName + ".convolution"
      let convolution = try convolved(x, weights, bias: bias, call, &graph, named: stem)
      guard residual.shape == convolution.shape else {
        throw call.malformed("\(spelled(residual.shape)) cannot be added to \(spelled(convolution.shape))")
      }
      return try graph.add(Arithmetic(.add), [convolution, residual], for: call, named: name)
    }
  }

  /// `FusedGemm`: a `Gemm` and an activation.
  static func fusedGeneralProduct(_ call: OperatorCall, _ graph: inout Lowering) throws(ONNXError) -> Value {
    try graph.activated(call) { (name, graph) throws(ONNXError) in
      try generalMatrixProduct(call, &graph, named: name)
    }
  }

  /// `FusedMatMul`, once `TransposeMatMul`: `α·AB` of turned operands; `FusedMatMulActivation` has an activation, too.
  static func fusedMatrixProduct(_ call: OperatorCall, _ graph: inout Lowering) throws(ONNXError) -> Value {
    let a = try graph.turned(try call.input(0), "A", for: call)
    let b = try graph.turned(try call.input(1), "B", for: call)
    let alpha = try call.attributes.real("alpha") ?? 1
    return try graph.activated(call) { (name, graph) throws(ONNXError) in
      if alpha == 1 { return try graph.add(MatrixProduct(), [a, b], for: call, named: name) }
      let product = try graph.add(MatrixProduct(), [a, b], for: call, named: call.resultName + ".product")
      return try graph.add(ElementwiseFunction(.linear(alpha, 0)), [product], for: call, named: name)
    }
  }

  /// `GemmFastGelu`: a product, a bias and the approximated GELU.
  static func productWithGelu(_ call: OperatorCall, _ graph: inout Lowering) throws(ONNXError) -> Value {
    let product = try graph.add(MatrixProduct(), [try call.input(0), try call.input(1)], for: call)
    return try biased(.geluTanh)(call.with(inputs: [product, call.optionalInput(2)]), &graph)
  }
}

extension Lowering {
  /// An operand as its attributes turn it: `transBatchA` moves the first axis in front of the last, `transA` swaps the
  /// last two.
  fileprivate mutating func turned(_ x: Value, _ side: String, for call: OperatorCall) throws(ONNXError) -> Value {
    var order = Array(x.shape.indices)
    if try call.attributes.flag("transBatch" + side), order.count > 2 {
      order.insert(order.removeFirst(), at: order.count - 1)
    }
    if try call.attributes.flag("trans" + side), order.count > 1 { order.swapAt(order.count - 1, order.count - 2) }
    if order == Array(x.shape.indices) { return x }
    return try add(Transpose(permutation: order), [x], for: call)
  }
}
