import GraphEngine
import Kernels

/// Convolutions and matrix products.
extension OperatorTable {
  static let linear: [String: Lower] = [
    "conv1d": one(convolution), "conv2d": one(convolution), "conv3d": one(convolution),
    "convolution": one(convolution), "_convolution": one(convolution), "conv_transpose1d": one(transposedConvolution),
    "conv_transpose2d": one(transposedConvolution), "conv_transpose3d": one(transposedConvolution),
    "linear": one(linearLayer), "addmm": one(addmm), "mm": one(product("mat2")), "bmm": one(product("mat2")),
    "matmul": one(product("other")), "baddbmm": one(baddbmm), "einsum": one(einsum),
  ]

  private static func convolution(_ call: Call, _ graph: inout Lowering) throws(TorchExportError) -> TensorValue {
    if try call.truth("transposed") { return try transposedConvolution(call, &graph) }
    let x = try call.tensor("input")
    let weights = try call.tensor("weight")
    let rank = weights.shape.count - 2
    guard rank >= 1, x.shape.count == rank + 2 else {
      throw call.unsupported("its input has \(x.shape.count) axes, and no axis of images")
    }
    guard weights.array != nil else { throw call.unsupported("its weights depend on the image") }
    let strides = try call.spatial("stride", rank: rank, [1])
    let dilations = try call.spatial("dilation", rank: rank, [1])
    var (before, after) = ([Int](repeating: 0, count: rank), [Int](repeating: 0, count: rank))
    switch call["padding"] {
    case .text("same"):
      for axis in 0..<rank {
        let whole = dilations[axis] * (weights.shape[axis + 2] - 1)
        (before[axis], after[axis]) = (whole / 2, whole - whole / 2)
      }
    case .text: break
    default:
      before = try call.spatial("padding", rank: rank, [0])
      after = before
    }
    let geometry = ConvolutionGeometry(
      strides: strides, dilations: dilations, paddingBefore: before, paddingAfter: after,
      groups: try call.integer("groups", 1))
    guard geometry.groups > 0, (strides + dilations).allSatisfy({ $0 > 0 }), before.allSatisfy({ $0 >= 0 }) else {
      throw call.malformed("its strides, dilations, padding and groups make no sense")
    }
    let bias = try call.optionalTensor("bias")
    return try graph.add(Convolution(geometry), [x, weights] + (bias.map { [$0] } ?? []), for: call)
  }

  private static func transposedConvolution(
    _ call: Call, _ graph: inout Lowering
  ) throws(TorchExportError) -> TensorValue {
    let (x, weights) = (try call.tensor("input"), try call.tensor("weight"))
    let rank = weights.shape.count - 2
    guard rank >= 1, x.shape.count == rank + 2 else { throw call.unsupported("its input has no axis of images") }
    guard weights.array != nil else { throw call.unsupported("its weights depend on the image") }
    let padding = try call.spatial("padding", rank: rank, [0])
    let geometry = ConvolutionGeometry(
      strides: try call.spatial("stride", rank: rank, [1]), dilations: try call.spatial("dilation", rank: rank, [1]),
      paddingBefore: padding, paddingAfter: padding, groups: try call.integer("groups", 1))
    let op = TransposedConvolution(geometry, outputPadding: try call.spatial("output_padding", rank: rank, [0]))
    let bias = try call.optionalTensor("bias")
    return try graph.add(op, [x, weights] + (bias.map { [$0] } ?? []), for: call)
  }

  /// `x·Wᵀ + b` over the last axis.
  private static func linearLayer(_ call: Call, _ graph: inout Lowering) throws(TorchExportError) -> TensorValue {
    let (x, weights) = (try call.tensor("input"), try call.tensor("weight"))
    let bias = try call.optionalTensor("bias")
    if x.shape.count == 2, weights.shape.count == 2 {
      return try graph.add(
        Linear(transposesWeights: true), [x, weights] + (bias.map { [$0] } ?? []), for: call, as: .real)
    }
    guard weights.shape.count == 2, !x.shape.isEmpty else { throw call.unsupported("its weights are no matrix") }
    if x.shape.count == 1 {
      let row = try graph.add(Reshape(to: [1] + x.shape), [x], for: call)
      let result = try graph.add(
        Linear(transposesWeights: true), [row, weights] + (bias.map { [$0] } ?? []), for: call)
      return try graph.add(Reshape(to: [weights.shape[0]]), [result], for: call)
    }
    let turned: TensorValue
    if let matrix = weights.turned {
      turned = TensorValue(matrix, kind: weights.kind)
    } else {
      turned = try graph.add(Transpose(permutation: [1, 0]), [weights], for: call)
    }
    let product = try graph.add(MatrixProduct(), [x, turned], for: call)
    return try bias.map { (bias) throws(TorchExportError) in
      try graph.add(Arithmetic(.add), [product, bias], for: call)
    } ?? product
  }

  /// `β·c + α·A·B`.
  private static func addmm(_ call: Call, _ graph: inout Lowering) throws(TorchExportError) -> TensorValue {
    let op = Linear(alpha: try call.real("alpha", 1), beta: try call.real("beta", 1))
    return try graph.add(op, [try call.tensor("mat1"), try call.tensor("mat2"), try call.tensor()], for: call)
  }

  private static func baddbmm(_ call: Call, _ graph: inout Lowering) throws(TorchExportError) -> TensorValue {
    guard try call.real("alpha", 1) == 1, try call.real("beta", 1) == 1 else {
      throw call.unsupported("its alpha or beta is not 1")
    }
    let product = try graph.add(
      MatrixProduct(), [try call.tensor("batch1"), try call.tensor("batch2")], for: call)
    return try graph.combine(.add, try call.tensor(), product, for: call)
  }

  private static func product(_ other: String) -> LowerOne {
    { (call, graph) throws(TorchExportError) in
      let (a, b) = (try call.tensor(), try call.tensor(other))
      if a.shape.count == 2, b.shape.count == 2, b.array != nil { return try graph.add(Linear(), [a, b], for: call) }
      return try graph.add(MatrixProduct(), [a, b], for: call)
    }
  }

  /// Einstein's sum of two arrays: a product of matrices, of which axes in both and in the result count as a batch.
  private static func einsum(_ call: Call, _ graph: inout Lowering) throws(TorchExportError) -> TensorValue {
    let equation = call.text("equation", "").filter { !$0.isWhitespace }
    let operands = try call.tensors("tensors")
    let sides = equation.split(separator: "->", omittingEmptySubsequences: false).map(String.init)
    let terms = sides[0].split(separator: ",").map(Array.init)
    guard sides.count == 2, terms.count == 2, operands.count == 2, !equation.contains("."),
      zip(terms, operands).allSatisfy({ $0.count == $1.shape.count && Set($0).count == $0.count })
    else { throw call.unsupported("its equation is '\(elided(equation, to: 60))', and sums of two arrays are read") }
    let result = Array(sides[1])
    var extents: [Character: Int] = [:]
    for (term, operand) in zip(terms, operands) {
      for (letter, extent) in zip(term, operand.shape) { extents[letter] = max(extents[letter] ?? 1, extent) }
    }
    let (left, right) = (Set(terms[0]), Set(terms[1]))
    guard result.allSatisfy({ left.contains($0) || right.contains($0) }),
      (terms[0] + terms[1]).allSatisfy({ result.contains($0) || left.contains($0) && right.contains($0) })
    else { throw call.unsupported("its equation is '\(elided(equation, to: 60))', which sums one array by itself") }
    let batch = result.filter { left.contains($0) && right.contains($0) }
    let rows = result.filter { left.contains($0) && !right.contains($0) }
    let columns = result.filter { right.contains($0) && !left.contains($0) }
    let inner = terms[0].filter { right.contains($0) && !result.contains($0) }
    func size(_ letters: [Character]) -> Int { letters.reduce(1) { $0 * (extents[$1] ?? 1) } }
    let a = try graph.arranged(operands[0], terms[0], batch + rows + inner, for: call)
    let b = try graph.arranged(operands[1], terms[1], batch + inner + columns, for: call)
    let first = try graph.add(Reshape(to: [size(batch), size(rows), size(inner)]), [a], for: call)
    let second = try graph.add(Reshape(to: [size(batch), size(inner), size(columns)]), [b], for: call)
    let product = try graph.add(MatrixProduct(), [first, second], for: call)
    let letters = batch + rows + columns
    let whole = try graph.add(Reshape(to: letters.map { extents[$0] ?? 1 }), [product], for: call)
    return try graph.arranged(whole, letters, result, for: call)
  }
}

extension Lowering {
  /// Axes called `letters` in another order.
  fileprivate mutating func arranged(
    _ x: TensorValue, _ letters: [Character], _ wanted: [Character], for call: Call
  ) throws(TorchExportError) -> TensorValue {
    let order = wanted.compactMap { letters.firstIndex(of: $0) }
    return order == Array(letters.indices) ? x : try add(Transpose(permutation: order), [x], for: call)
  }
}
