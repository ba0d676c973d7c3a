import FileKinds
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
    let file: FileContents
    do {
      file = try FileContents(of: path)
    } catch {
      throw .unreadableFile(path, reason: "it cannot be opened; check its permissions")
    }
    let folder = URL(fileURLWithPath: path).deletingLastPathComponent()
    try self.init(file, named: path, externalData: ExternalData(folder: folder))
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
    try self.init(FileContents(data), named: name, externalData: folder.map { ExternalData(folder: $0) })
  }

  private init(_ file: FileContents, named name: String, externalData: ExternalData?) throws(ONNXError) {
    if file.bytes.isEmpty { throw .emptyFile(name) }
    // Every exporter begins with `ir_version`; a text or picture would decode to nonsense at best.
    if let kind = FileKind(markedIn: file.bytes) { throw .notONNX(name, looksLike: kind) }
    let skimmed = SkimmedModel(file.bytes)
    guard var message = try Self.message(skimmed?.message ?? Data(file.bytes), named: name) else {
      let kind = FileKind(of: file.bytes)
      throw .notONNX(name, looksLike: kind == .onnx ? .unknown : kind)
    }
    let rawData = (skimmed?.rawData ?? []).map { $0.map { FilePart(file: file, range: $0) } }
    try self.init(
      &message, rawData: rawData, metadata: skimmed?.metadata ?? [:], tensors: TensorReader(externalData: externalData))
  }

  /// `nil` for a message of another kind.
  static func message(_ data: Data, named name: String) throws(ONNXError) -> Limn_Onnx_ModelProto? {
    var options = BinaryDecodingOptions()
    // Subgraphs nest three messages each; a file that nests hundreds is made to exhaust the stack.
    options.messageDepthLimit = 64
    options.discardUnknownFields = true
    let message: Limn_Onnx_ModelProto
    do {
      message = try Limn_Onnx_ModelProto(serializedBytes: data, options: options)
    } catch BinaryDecodingError.truncated where data.withUnsafeBytes({ FileKind(of: $0) }) == .onnx {
      throw .truncated(name)
    } catch {
      return nil
    }
    return message.hasGraph && !message.opsetImport.isEmpty ? message : nil
  }

  /// Converts tensors one by one and lets go of each message's bytes, so that weights exist hardly more than once.
  private init(
    _ message: inout Limn_Onnx_ModelProto, rawData: [FilePart?], metadata: [String: String], tensors: TensorReader
  ) throws(ONNXError) {
    var opsets: [String: Int] = [:]
    for set in message.opsetImport { opsets[set.domain == "ai.onnx" ? "" : set.domain] = Int(set.version) }
    let opset = opsets[""] ?? 0
    guard (7...28).contains(opset) else { throw .unsupportedOpset(opset) }
    self.opsets = opsets
    self.metadata = metadata
    producer = [message.producerName, message.producerVersion].filter { !$0.isEmpty }.joined(separator: " ")

    // Taken out of the message, so that emptying an element below does not copy the others.
    var graph = message.graph
    message.clearGraph()
    var (tensorMessages, nodeMessages) = (graph.initializer, graph.node)
    (graph.initializer, graph.node) = ([], [])
    if let sparse = graph.sparseInitializer.first {
      throw .unsupportedElementType(tensor: sparse.values.name, type: "sparse")
    }
    var constants: [String: Constant] = [:]
    for index in tensorMessages.indices {
      let tensor = tensorMessages[index]
      tensorMessages[index] = Limn_Onnx_TensorProto()
      let part = index < rawData.count ? rawData[index] : nil
      guard constants.updateValue(try tensors.constant(tensor, rawData: part), forKey: tensor.name) == nil else {
        throw .malformedGraph("it defines '\(tensor.name)' twice")
      }
    }
    var nodes: [FileNode] = []
    nodes.reserveCapacity(nodeMessages.count)
    for index in nodeMessages.indices {
      let node = nodeMessages[index]
      nodeMessages[index] = Limn_Onnx_NodeProto()
      nodes.append(try FileNode(node, tensors: tensors))
    }
    nodes = nodes.inOrder()
    self.nodes = nodes
    self.constants = constants
    channelBlock = ChannelBlock(of: nodes, constants: constants)
    // Before IR version 4, files list their weights among the inputs.
    var inputs: [ONNXValue] = []
    for input in graph.input where constants[input.name] == nil {
      inputs.append(try ONNXValue(input, readBy: nodes, opset: opset))
    }
    self.inputs = inputs
    outputs = graph.output.map { ONNXValue($0, type: .float32) }
    var defined = Set(constants.keys).union(inputs.map(\.name))
    for name in nodes.lazy.flatMap(\.outputs) where !name.isEmpty {
      guard defined.insert(name).inserted else { throw .malformedGraph("it defines '\(name)' twice") }
    }
    if inputs.isEmpty { throw .malformedGraph("it has no input") }
    if outputs.isEmpty { throw .malformedGraph("it has no output") }
  }
}

extension ONNXValue {
  /// - Throws: Where the value is no tensor of numbers, but a sequence, say; the error names what reads it.
  init(_ info: Limn_Onnx_ValueInfoProto, readBy nodes: [FileNode], opset: Int) throws(ONNXError) {
    let number = info.type.tensorType.elemType
    // Older exporters leave the type out.
    if let type = ElementType(rawValue: number == 0 && info.type.hasTensorType ? 1 : number) {
      self.init(info, type: type)
      return
    }
    let reason = "its input '\(info.name)' has elements of type \(ElementType.name(of: number))"
    guard let reader = nodes.first(where: { $0.inputs.contains(info.name) }) else {
      throw .unsupportedElementType(tensor: info.name, type: ElementType.name(of: number))
    }
    throw .unsupportedUse(node: "\(reader.label) (opset \(opset))", reason: reason)
  }

  init(_ info: Limn_Onnx_ValueInfoProto, type: ElementType) {
    name = info.name
    elementType = type
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
