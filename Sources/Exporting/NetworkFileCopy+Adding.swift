import Foundation
import GraphAdapter
import GraphEngine
import Kernels
import ONNXImport
import SwiftProtobuf

extension NetworkFileCopy {
  /// What the map is called among the outputs.
  static let mapName = MapExport.mapName
  /// What the class is called among the inputs.
  static let targetName = MapExport.targetName

  /// Adds a map to the graph.
  ///
  /// - Parameters:
  ///   - map: the nodes and constants.
  ///   - images: what the file calls the number of images, where it is open.
  ///   - choosesClass: whether there is an input that chooses the class.
  mutating func add(_ map: RecordedMap, images: String, choosesClass: Bool) {
    let isOwn = map.nodes.contains { $0.output == map.output }
    func renamed(_ name: String) -> String { isOwn && name == map.output ? Self.mapName : name }
    for node in map.nodes { message.graph.node.append(Limn_Onnx_NodeProto(node, renamed: renamed)) }
    if !isOwn {
      var message = Limn_Onnx_NodeProto()
      (message.opType, message.input, message.output) = ("Identity", [map.output], [Self.mapName])
      self.message.graph.node.append(message)
    }
    for (name, constant) in map.constants.sorted(by: { $0.key < $1.key }) {
      message.graph.initializer.append(Limn_Onnx_TensorProto(name, constant))
    }
    if choosesClass {
      message.graph.input.append(
        Limn_Onnx_ValueInfoProto(Self.targetName, WrittenShape([1], imageAxis: map.shape.imageAxis), images, type: 7))
    }
    message.graph.output.append(Limn_Onnx_ValueInfoProto(Self.mapName, map.shape, images, type: 1))
  }

  /// Adds the outputs of a network that was written with the map.
  mutating func add(_ outputs: [String: Written], named names: [String], images: String) {
    for name in names {
      guard let value = outputs[name] else { continue }
      if value.name != name {
        message.graph.node.append(
          .with { ($0.opType, $0.input, $0.output) = ("Identity", [value.name], [name]) })
      }
      message.graph.output.append(Limn_Onnx_ValueInfoProto(name, value.shape, images, type: 1))
    }
  }

  /// Leaves nothing but the map, and what it needs.
  mutating func keepOnlyMap() {
    message.graph.output.removeAll { $0.name != Self.mapName }
    var needed: Set<String> = [Self.mapName], nodes: [Limn_Onnx_NodeProto] = []
    for node in message.graph.node.reversed() where !needed.isDisjoint(with: node.output.filter { !$0.isEmpty }) {
      nodes.append(node)
      needed.formUnion(node.reads)
    }
    message.graph.node = nodes.reversed()
    message.graph.initializer.removeAll { !needed.contains($0.name) }
  }

  /// The bytes of the file, with pairs of texts that say what was added.
  ///
  /// - Throws: What the encoder throws.
  func data(telling facts: [(key: String, value: String)]) throws -> Data {
    var data: Data = try message.serializedBytes()
    for (key, value) in facts {
      var entry = Limn_Onnx_StringStringEntryProto()
      (entry.key, entry.value) = (key, value)
      // Parts of a message may follow it: field 14 of the model holds such pairs.
      let bytes: Data = try entry.serializedBytes()
      data.append(14 << 3 | 2)
      data.append(varint: bytes.count)
      data.append(bytes)
    }
    return data
  }
}

extension Data {
  fileprivate mutating func append(varint number: Int) {
    var rest = number
    while rest >= 0x80 {
      append(UInt8(rest & 0x7F | 0x80))
      rest >>= 7
    }
    append(UInt8(rest))
  }
}

extension Limn_Onnx_NodeProto {
  /// What the node reads, graphs inside of it included.
  fileprivate var reads: [String] {
    input.filter { !$0.isEmpty } + attribute.flatMap { $0.g.node.flatMap(\.reads) + $0.g.output.map(\.name) }
  }
}

extension Limn_Onnx_AttributeProto {
  init(_ name: String, _ value: WrittenAttribute) {
    self.init()
    self.name = name
    switch value {
    case .real(let number): (f, type) = (number, 1)
    case .integer(let number): (i, type) = (Int64(number), 2)
    case .integers(let numbers): (ints, type) = (numbers.map { Int64($0) }, 7)
    }
  }
}

extension Limn_Onnx_TensorProto {
  init(_ name: String, _ constant: WrittenConstant) {
    self.init()
    self.name = name
    switch constant {
    case .reals(let scalars, let shape):
      (dataType, dims) = (1, shape.map { Int64($0) })
      rawData = scalars.withUnsafeBytes { Data($0) }
    case .integers(let numbers, let shape):
      (dataType, dims) = (7, shape.map { Int64($0) })
      rawData = numbers.map { Int64($0) }.withUnsafeBytes { Data($0) }
    }
  }
}

extension Limn_Onnx_ValueInfoProto {
  /// A value of the graph; `images` is what the number of images is called where it is open.
  init(_ name: String, _ shape: WrittenShape, _ images: String, type elementType: Int32) {
    self.init()
    self.name = name
    type.tensorType.elemType = elementType
    type.tensorType.shape.dim = shape.extents.indices.map { axis in
      var dimension = Limn_Onnx_TensorShapeProto.Dimension()
      if axis == shape.imageAxis {
        dimension.dimParam = images
      } else {
        dimension.dimValue = Int64(shape.extents[axis])
      }
      return dimension
    }
  }
}
