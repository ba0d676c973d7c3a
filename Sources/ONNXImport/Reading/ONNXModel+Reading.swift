public import Foundation
import SwiftProtobuf

extension ONNXModel {
  /// Reads a model and, from the files beside it, its external data.
  ///
  /// - Throws: ``ONNXError`` for a file that is missing, empty, cut short, something else, or not self-consistent.
  public init(contentsOf path: String) throws(ONNXError) {
    var isFolder: ObjCBool = false
    guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) else { throw .missingFile(path) }
    if isFolder.boolValue { throw .unreadableFile(path, reason: "it is a folder; give the .onnx file in it") }
    let url = URL(fileURLWithPath: path)
    let data: Data
    do {
      data = try Data(contentsOf: url, options: .mappedIfSafe)
    } catch {
      throw .unreadableFile(path, reason: "it cannot be opened; check its permissions")
    }
    try self.init(decoding: data, named: path, externalData: url.deletingLastPathComponent())
  }

  /// Decodes a model.
  ///
  /// - Parameters:
  ///   - data: the bytes of an ONNX file.
  ///   - name: what errors call the file.
  ///   - folder: where the model's external data lies; `nil` allows none.
  /// - Throws: ``ONNXError``.
  public init(
    decoding data: Data, named name: String = "the model", externalData folder: URL? = nil
  ) throws(ONNXError) {
    var message = try Self.message(data, named: name)
    try self.init(&message, tensors: TensorReader(externalData: folder.map { ExternalData(folder: $0) }))
  }

  private static func message(_ data: Data, named name: String) throws(ONNXError) -> Limn_Onnx_ModelProto {
    if data.isEmpty { throw .emptyFile(name) }
    let kind = FileKind(recognising: data)
    // Every exporter begins with `ir_version`; a text or picture would decode to nonsense at best.
    if kind != .unknown { throw .notONNX(name, looksLike: kind) }
    var options = BinaryDecodingOptions()
    // Subgraphs nest three messages each; a file that nests hundreds is made to exhaust the stack.
    options.messageDepthLimit = 64
    options.discardUnknownFields = true
    let message: Limn_Onnx_ModelProto
    do {
      message = try Limn_Onnx_ModelProto(serializedBytes: data, options: options)
    } catch BinaryDecodingError.truncated where data.first == 0x08 {
      throw .truncated(name)
    } catch {
      throw .notONNX(name, looksLike: .unknown)
    }
    guard message.hasGraph, !message.opsetImport.isEmpty else { throw .notONNX(name, looksLike: .unknown) }
    return message
  }

  /// Converts tensors one by one and lets go of each message's bytes, so that weights exist hardly more than once.
  private init(_ message: inout Limn_Onnx_ModelProto, tensors: TensorReader) throws(ONNXError) {
    var opsets: [String: Int] = [:]
    for set in message.opsetImport { opsets[set.domain == "ai.onnx" ? "" : set.domain] = Int(set.version) }
    let opset = opsets[""] ?? 0
    guard (7...22).contains(opset) else { throw .unsupportedOpset(opset) }
    self.opsets = opsets
    producer = [message.producerName, message.producerVersion].filter { !$0.isEmpty }.joined(separator: " ")

    if let sparse = message.graph.sparseInitializer.first {
      throw .unsupportedElementType(tensor: sparse.values.name, type: "sparse")
    }
    var constants: [String: Constant] = [:]
    for index in message.graph.initializer.indices {
      let tensor = message.graph.initializer[index]
      message.graph.initializer[index] = Limn_Onnx_TensorProto()
      guard constants.updateValue(try tensors.constant(tensor), forKey: tensor.name) == nil else {
        throw .malformedGraph("it defines '\(tensor.name)' twice")
      }
    }
    var nodes: [FileNode] = []
    nodes.reserveCapacity(message.graph.node.count)
    for index in message.graph.node.indices {
      let node = message.graph.node[index]
      message.graph.node[index] = Limn_Onnx_NodeProto()
      nodes.append(try FileNode(node, tensors: tensors))
    }
    self.nodes = nodes
    self.constants = constants
    // Before IR version 4, files list their weights among the inputs.
    inputs = message.graph.input.filter { constants[$0.name] == nil }.map(ONNXValue.init)
    outputs = message.graph.output.map(ONNXValue.init)
    if inputs.isEmpty { throw .malformedGraph("it has no input") }
    if outputs.isEmpty { throw .malformedGraph("it has no output") }
  }
}

extension ONNXValue {
  init(_ info: Limn_Onnx_ValueInfoProto) {
    name = info.name
    let type = info.type.tensorType
    shape = type.hasShape ? type.shape.dim.map(ONNXExtent.init) : nil
  }
}

extension ONNXExtent {
  init(_ dimension: Limn_Onnx_TensorShapeProto.Dimension) {
    self =
      switch dimension.value {
      // Some exporters write zero or less for an axis left open.
      case .dimValue(let extent): extent > 0 ? .fixed(Int(extent)) : .open("")
      case .dimParam(let name): .open(name)
      case nil: .open("")
      }
  }
}
