import AttributionKit
import Foundation
import GraphAdapter
import GraphEngine
import Kernels
import ONNXImport
import SwiftProtobuf

/// An ONNX file that a map is added to.
struct NetworkFileCopy {
  var message: Limn_Onnx_ModelProto
  /// What every value of the graph is called.
  let names: Set<String>
  /// The initializers and constants by name.
  private let tensors: [String: Limn_Onnx_TensorProto]
  /// The names of tensors by their extents.
  private let alike: [[Int]: [String]]
  /// The nodes that hand on numbers in another shape or order, by what they compute.
  private let movements: [String: Limn_Onnx_NodeProto]

  /// A file that holds nothing but what is added.
  init(anew model: GraphModel, opset: Int, images: String?) {
    message = Limn_Onnx_ModelProto()
    message.irVersion = opset >= 21 ? 10 : opset >= 19 ? 9 : 8
    message.producerName = "limn"
    message.opsetImport = [.with { $0.version = Int64(opset) }]
    message.graph.name = "network"
    let shape = WrittenShape([1] + model.input.shape, imageAxis: images == nil ? nil : 0)
    message.graph.input = [Limn_Onnx_ValueInfoProto(model.input.name, shape, images ?? "", type: 1)]
    (names, tensors, alike, movements) = ([model.input.name], [:], [:], [:])
  }

  /// - Throws: ``ExportError``.
  init(contentsOf path: String) throws {
    let data: Data
    do { data = try Data(contentsOf: URL(fileURLWithPath: path)) } catch {
      throw ExportError("\(path) cannot be read")
    }
    do { message = try Limn_Onnx_ModelProto(serializedBytes: data) } catch {
      throw ExportError("\(path) is no ONNX file")
    }
    var names: Set<String> = [], tensors: [String: Limn_Onnx_TensorProto] = [:]
    for tensor in message.graph.initializer { tensors[tensor.name] = tensor }
    for node in message.graph.node {
      names.formUnion(node.output)
      guard node.opType == "Constant", let output = node.output.first,
        let value = node.attribute.first(where: { $0.name == "value" })
      else { continue }
      tensors[output] = value.t
    }
    names.formUnion(message.graph.input.map(\.name))
    names.remove("")
    (self.names, self.tensors) = (names.union(tensors.keys), tensors)
    alike = Dictionary(grouping: tensors.keys.sorted()) { name in tensors[name]?.dims.map { Int($0) } ?? [] }
    let moving = message.graph.node.filter { Self.reshaping.contains($0.opType) || $0.opType == "Transpose" }
    movements = Dictionary(moving.map { ($0.output.first ?? "", $0) }) { first, _ in first }
    try checkNumbers()
  }

  /// The operators that hand on numbers in their order.
  private static let reshaping: Set = ["Flatten", "Identity", "Reshape", "Squeeze", "Unsqueeze"]

  /// Whether weights lie in files beside it, which its own names by their places.
  var hasFilesBeside: Bool { message.graph.initializer.contains { $0.dataLocation == 1 } }

  /// The version of ONNX's own operators.
  var opset: Int { Int(message.opsetImport.first { ["", "ai.onnx"].contains($0.domain) }?.version ?? 0) }

  /// The values that nodes compute, and the inputs.
  var computed: Set<String> { names.subtracting(tensors.keys) }

  /// The values that nodes compute which are truths or whole numbers.
  var unreal: Set<String> {
    let makesReal: Set = ["CastLike", "ConstantOfShape", "DequantizeLinear", "OneHot"]
    let makesOther: Set = [
      "And", "ArgMax", "ArgMin", "Equal", "Greater", "GreaterOrEqual", "IsInf", "IsNaN", "Less", "LessOrEqual",
      "NonZero", "Not", "Or", "QuantizeLinear", "Shape", "Size", "Xor",
    ]
    var found = Set(message.graph.input.filter { $0.type.tensorType.elemType != 1 }.map(\.name))
    found.formUnion(tensors.filter { $0.value.dataType != 1 }.keys)
    for node in message.graph.node {
      let told = node.attribute.first { $0.name == "to" || node.opType == "ConstantOfShape" && $0.name == "value" }
      let kind = told.map { $0.name == "to" ? $0.i : Int64($0.t.dataType) }
      // What an operator hands on is of the kind of what it was given; that of a choice is of what is chosen.
      let given = node.opType == "Where" ? node.input.dropFirst().first : node.input.first
      let isOther =
        kind.map { ![1, 10, 11, 16].contains($0) }
        ?? (makesOther.contains(node.opType) || !makesReal.contains(node.opType) && given.map(found.contains) == true)
      if isOther { found.formUnion(node.output) }
    }
    return found.intersection(computed)
  }

  /// The input of this name.
  func input(_ name: String) -> Limn_Onnx_ValueInfoProto? { message.graph.input.first { $0.name == name } }

  /// Under which name the file holds an array: its own, or that of another with the same numbers.
  func weight(_ name: String, _ array: NDArray) -> String? {
    if tensors[name]?.isSame(as: array) == true { return name }
    guard array.count > 16 else { return nil }
    if movements[name] != nil, holds(name, array) { return name }
    return alike[array.shape]?.first { tensors[$0]?.isSame(as: array) == true }
  }

  /// Whether a value is this array: a constant, or one in another shape or order.
  private func holds(_ name: String, _ array: NDArray) -> Bool {
    if let tensor = tensors[name] { return tensor.isSame(as: array) }
    guard let node = movements[name], let source = node.input.first else { return false }
    if node.opType == "Transpose" {
      let told = node.attribute.first { $0.name == "perm" }?.ints.map { Int($0) }
      let order = told ?? array.shape.indices.reversed(), back = order.indices.map { order.firstIndex(of: $0) ?? 0 }
      guard order.count == array.shape.count, let own = try? transposed(array, permutation: back) else { return false }
      return holds(source, own)
    }
    return tensors[source]?.hasNumbers(of: array) ?? false
  }

  /// - Throws: ``ExportError`` where the file computes with other numbers than those of 32 bits.
  private func checkNumbers() throws {
    let kinds: [Int32: String] = [10: "float16", 11: "float64", 16: "bfloat16"]
    let all = message.graph.input.map { ($0.name, $0.type.tensorType.elemType) } + tensors.map { ($0, $1.dataType) }
    for (name, kind) in all.sorted(by: { $0.0 < $1.0 }) {
      if let kind = kinds[kind] {
        throw ExportError("the file computes with \(kind) numbers, as '\(name)' holds", isAboutFile: true)
      }
    }
  }
}

extension Limn_Onnx_TensorProto {
  /// Whether these are the numbers of an array, of 32 bits.
  fileprivate func isSame(as array: NDArray) -> Bool {
    dims.map({ Int($0) }) == array.shape && hasNumbers(of: array)
  }

  /// Whether these are the numbers of an array, of 32 bits, in whatever shape.
  fileprivate func hasNumbers(of array: NDArray) -> Bool {
    guard dataType == 1, dims.reduce(1, { $0 * Int($1) }) == array.count else { return false }
    // What lies in another file is known by its name and its extents.
    if dataLocation == 1 { return true }
    let scalars = array.scalars
    if !floatData.isEmpty { return floatData == scalars }
    guard rawData.count == 4 * scalars.count else { return false }
    return scalars.withUnsafeBytes { own in rawData.withUnsafeBytes { $0.elementsEqual(own) } }
  }
}

/// Why a map cannot be exported, in a sentence without its full stop.
public struct ExportError: Error, Hashable, CustomStringConvertible {
  public let description: String
  /// What can be done about it, to follow a semicolon; `nil` where nothing is known.
  public let remedy: String?

  /// Whether the file is no good to be added to, while the network could be written anew.
  let isAboutFile: Bool
  /// Whether it is no good for several images at a time, while it is for one.
  let isAboutBatches: Bool

  init(
    _ description: String, remedy: String? = nil, isAboutFile: Bool = false, isAboutBatches: Bool = false
  ) {
    (self.description, self.remedy) = (description, remedy)
    (self.isAboutFile, self.isAboutBatches) = (isAboutFile, isAboutBatches)
  }
}
