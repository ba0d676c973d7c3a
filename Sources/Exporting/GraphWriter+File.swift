package import GraphEngine
package import ONNXImport
import SwiftProtobuf

extension GraphWriter {
  /// All that was written as a file of its own.
  ///
  /// - Parameters:
  ///   - inputs: what it is given.
  ///   - outputs: what it is for.
  ///   - images: what the number of images is called.
  /// - Returns: The file.
  package func file(inputs: [Written], outputs: [Written], images: String = "batch") -> Limn_Onnx_ModelProto {
    var file = Limn_Onnx_ModelProto()
    file.irVersion = opset >= 21 ? 10 : opset >= 19 ? 9 : 8
    file.producerName = "limn"
    file.opsetImport = [.with { $0.version = Int64(opset) }]
    file.graph.name = "limn"
    file.graph.node = nodes.map { Limn_Onnx_NodeProto($0) }
    file.graph.initializer = constants.sorted { $0.key < $1.key }.map { Limn_Onnx_TensorProto($0.key, $0.value) }
    file.graph.input = inputs.map { Limn_Onnx_ValueInfoProto($0.name, $0.shape, images, type: 1) }
    file.graph.output = outputs.map { Limn_Onnx_ValueInfoProto($0.name, $0.shape, images, type: 1) }
    return file
  }
}

extension Limn_Onnx_NodeProto {
  /// A node as it stands in a file, its values under other names perhaps.
  init(_ node: WrittenNode, renamed: (String) -> String = { $0 }) {
    self.init()
    (opType, input, output) = (node.type, node.inputs.map(renamed), [renamed(node.output)] + node.others.map(renamed))
    name = output[0]
    attribute = node.attributes.sorted { $0.key < $1.key }.map { Limn_Onnx_AttributeProto($0.key, $0.value) }
  }
}
