import Foundation
import GraphEngine
import ONNXImport
import SwiftProtobuf

/// A node in the operators of another version.
struct NodeConversion {
  let from: Int, to: Int
  var names: Set<String>
  let constants: [String: [Int64]]
  /// Arrays that were attributes.
  private(set) var initializers: [Limn_Onnx_TensorProto] = []

  init(from: Int, to: Int, names: Set<String>, constants: [String: [Int64]]) {
    (self.from, self.to, self.names, self.constants) = (from, to, names, constants)
  }

  /// The node, or what it is in the other version's operators.
  ///
  /// - Throws: ``ExportError`` where there is no such thing.
  mutating func nodes(for node: Limn_Onnx_NodeProto) throws -> [Limn_Onnx_NodeProto] {
    var node = node
    switch node.opType {
    case "ReduceSum":
      turnAttribute("axes", of: &node, intoInput: 1, since: 13)
      try turnInput(1, of: &node, intoAttribute: "axes", before: 13)
    case "ReduceMean", "ReduceMax", "ReduceMin", "ReduceProd", "ReduceL1", "ReduceL2", "ReduceSumSquare",
      "ReduceLogSum", "ReduceLogSumExp":
      turnAttribute("axes", of: &node, intoInput: 1, since: 18)
      try turnInput(1, of: &node, intoAttribute: "axes", before: 18)
      let hasAxes = node.attribute.contains { $0.name == "axes" }
      if to < 18 { try drop("noop_with_empty_axes", where: { $0.i == 0 || hasAxes }, of: &node) }
    case "Squeeze", "Unsqueeze": turnAttribute("axes", of: &node, intoInput: 1, since: 13)
    case "Split":
      turnAttribute("split", of: &node, intoInput: 1, since: 13)
      if crosses(18), to >= 18, node.input.count < 2 {
        node.attribute.append(Limn_Onnx_AttributeProto("num_outputs", .integer(node.output.count)))
      }
      if crosses(18), to < 18 { node.attribute.removeAll { $0.name == "num_outputs" } }
    case "Softmax", "LogSoftmax", "Hardmax": return try flattened(node)
    case "Dropout": if from < 12 { node.attribute.removeAll { ["ratio", "is_test"].contains($0.name) } }
    case "Reshape": if to < 14 { try drop("allowzero", where: { $0.i == 0 }, of: &node) }
    case "Shape":
      guard to < 15 else { break }
      try drop("start", where: { $0.i == 0 }, of: &node)
      try drop("end", where: { _ in false }, of: &node)
    case "LSTM", "GRU", "RNN": if to < 14 { try drop("layout", where: { $0.i == 0 }, of: &node) }
    case "ScatterElements", "ScatterND":
      if to < 16 { try drop("reduction", where: { $0.s == Data("none".utf8) }, of: &node) }
    case "BatchNormalization":
      if to < 14 { try drop("training_mode", where: { $0.i == 0 }, of: &node) }
      if from < 14 { node.attribute.removeAll { ["momentum", "spatial", "consumed_inputs"].contains($0.name) } }
    case "Clip": turnBounds(of: &node)
    case "Gelu": if to < 20 { return try spelledGELU(node) }
    case "Mish": if to < 18 { return spelledMish(node) }
    case "Cast": node.attribute.removeAll { $0.name == "saturate" && to < 19 }
    case "Resize" where from >= 11:
      guard to < 18 else { break }
      try drop("antialias", where: { $0.i == 0 }, of: &node)
      try drop("keep_aspect_ratio_policy", where: { $0.s == Data("stretch".utf8) }, of: &node)
      try drop("axes", where: { _ in false }, of: &node)
    case "Pad" where from >= 11: if to < 18, node.input.count > 3, node.input[3] != "" { throw changed(node) }
    case "QuantizeLinear", "DequantizeLinear": if crosses(19) || crosses(21) { throw changed(node) }
    case "GridSample": if crosses(20) { throw changed(node) }
    case "GroupNormalization": if crosses(21) { throw changed(node) }
    case "RoiAlign": if crosses(16) { throw changed(node) }
    case "Upsample", "TopK", "Slice", "Resize", "Pad":
      if from < 11, to >= 11 { throw changed(node) }
    case "LayerNormalization": if to < 17 { throw changed(node) }
    case "AveragePool": if to < 19, node.attribute.contains(where: { $0.name == "dilations" }) { throw changed(node) }
    default: break
    }
    if let first = Self.beginnings[node.opType], to < first { throw changed(node) }
    return [node]
  }

  /// Since when there are operators that are newer than those written.
  private static let beginnings = [
    "HardSwish": 14, "Trilu": 14, "CastLike": 15, "GridSample": 16, "LayerNormalization": 17, "GroupNormalization": 18,
    "BitwiseAnd": 18, "BitwiseOr": 18, "BitwiseNot": 18, "CenterCropPad": 18, "Col2Im": 18, "AffineGrid": 20,
    "RMSNormalization": 23, "Attention": 23, "RotaryEmbedding": 23, "Swish": 24,
  ]

  /// Leaves out an attribute that the other version does not have, where it says nothing of its own.
  private func drop(
    _ name: String, where isPlain: (Limn_Onnx_AttributeProto) -> Bool, of node: inout Limn_Onnx_NodeProto
  ) throws {
    guard let place = node.attribute.firstIndex(where: { $0.name == name }) else { return }
    guard isPlain(node.attribute[place]) else { throw changed(node) }
    node.attribute.remove(at: place)
  }

  private func crosses(_ version: Int) -> Bool { (from < version) != (to < version) }

  private func changed(_ node: Limn_Onnx_NodeProto) -> ExportError {
    ExportError("the meaning of its \(node.opType) has changed")
  }

  /// Whole numbers that were an attribute and became an input.
  private mutating func turnAttribute(
    _ name: String, of node: inout Limn_Onnx_NodeProto, intoInput index: Int, since version: Int
  ) {
    guard from < version, to >= version, let place = node.attribute.firstIndex(where: { $0.name == name }) else {
      return
    }
    let numbers = node.attribute.remove(at: place).ints.map { Int($0) }
    node.input.append(constant(.integers(numbers, shape: [numbers.count])))
  }

  /// The reverse, where the numbers are known.
  private func turnInput(
    _ index: Int, of node: inout Limn_Onnx_NodeProto, intoAttribute name: String, before version: Int
  ) throws {
    guard from >= version, to < version, node.input.count > index else { return }
    let input = node.input.remove(at: index)
    if input.isEmpty { return }
    guard let numbers = constants[input] else { throw changed(node) }
    node.attribute.append(Limn_Onnx_AttributeProto(name, .integers(numbers.map { Int($0) })))
  }

  /// The bounds of a clip were attributes before opset 11.
  private mutating func turnBounds(of node: inout Limn_Onnx_NodeProto) {
    guard from < 11, to >= 11 else { return }
    for name in ["min", "max"] {
      let own = node.attribute.first { $0.name == name }?.f
      node.input.append(own.map { constant(.reals([$0], shape: [])) } ?? "")
    }
    node.attribute.removeAll { ["min", "max"].contains($0.name) }
    while node.input.last == "" { node.input.removeLast() }
  }

  /// Before opset 13 all axes from the given one on were one.
  private func flattened(_ node: Limn_Onnx_NodeProto) throws -> [Limn_Onnx_NodeProto] {
    guard from < 13, to >= 13 else { return [node] }
    var flat = Limn_Onnx_NodeProto(), whole = node, shape = Limn_Onnx_NodeProto(), back = Limn_Onnx_NodeProto()
    let axis = node.attribute.first { $0.name == "axis" }.map { Int($0.i) } ?? 1
    var names = names
    let (rows, result, extents) = (
      names.insert(fresh: "\(node.output[0]).rows"), names.insert(fresh: "\(node.output[0]).flat"),
      names.insert(fresh: "\(node.output[0]).extents")
    )
    (flat.opType, flat.input, flat.output) = ("Flatten", node.input, [rows])
    flat.attribute = [Limn_Onnx_AttributeProto("axis", .integer(axis))]
    (whole.input, whole.output) = ([rows], [result])
    whole.attribute = [Limn_Onnx_AttributeProto("axis", .integer(1))]
    (shape.opType, shape.input, shape.output) = ("Shape", node.input, [extents])
    (back.opType, back.input, back.output) = ("Reshape", [result, extents], node.output)
    return [flat, whole, shape, back]
  }

  /// `x · ½(1 + erf(x/√2))`, before opset 20 had it as one.
  private mutating func spelledGELU(_ node: Limn_Onnx_NodeProto) throws -> [Limn_Onnx_NodeProto] {
    guard !node.attribute.contains(where: { $0.name == "approximate" && $0.s == Data("tanh".utf8) }) else {
      throw changed(node)
    }
    func step(_ type: String, _ inputs: [String], _ output: String) -> Limn_Onnx_NodeProto {
      var step = Limn_Onnx_NodeProto()
      (step.opType, step.input, step.output) = (type, inputs, [output])
      return step
    }
    let stem = node.output[0], x = node.input[0]
    let (root, one, half) = (
      constant(.reals([Float(2).squareRoot()], shape: [])), constant(.reals([1], shape: [])),
      constant(.reals([0.5], shape: []))
    )
    let (quotient, error, sum, product) = (
      names.insert(fresh: "\(stem).quotient"), names.insert(fresh: "\(stem).error"), names.insert(fresh: "\(stem).sum"),
      names.insert(fresh: "\(stem).product")
    )
    return [
      step("Div", [x, root], quotient), step("Erf", [quotient], error), step("Add", [error, one], sum),
      step("Mul", [x, sum], product), step("Mul", [product, half], stem),
    ]
  }

  /// `x · tanh(softplus(x))`, before opset 18 had it as one.
  private mutating func spelledMish(_ node: Limn_Onnx_NodeProto) -> [Limn_Onnx_NodeProto] {
    let stem = node.output[0], x = node.input[0]
    let (smooth, gate) = (names.insert(fresh: "\(stem).softplus"), names.insert(fresh: "\(stem).gate"))
    return [("Softplus", [x], smooth), ("Tanh", [smooth], gate), ("Mul", [x, gate], stem)].map { type, inputs, output in
      .with { ($0.opType, $0.input, $0.output) = (type, inputs, [output]) }
    }
  }

  private mutating func constant(_ numbers: WrittenConstant) -> String {
    let name = names.insert(fresh: "limn/converted")
    initializers.append(Limn_Onnx_TensorProto(name, numbers))
    return name
  }
}
