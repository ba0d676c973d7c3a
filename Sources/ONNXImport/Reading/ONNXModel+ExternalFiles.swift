import Foundation

extension ONNXModel {
  /// The files beside a model in which its large tensors are kept, by their paths; none where it is no ONNX file.
  ///
  /// Only what the file says of them is read, not the tensors themselves.
  public static func externalFiles(of path: String) -> [String] {
    guard let file = try? FileContents(of: path), let skimmed = SkimmedModel(file.bytes) else { return [] }
    guard let message = try? message(skimmed.message, named: path) else { return [] }
    var locations: Set<String> = []
    note(message.graph, in: &locations)
    let folder = URL(fileURLWithPath: path).deletingLastPathComponent()
    return locations.sorted().map { folder.appendingPathComponent($0).path }
  }

  /// Notes where the tensors of a graph are kept, those of its nodes and of the graphs within them, too.
  private static func note(_ graph: Limn_Onnx_GraphProto, in locations: inout Set<String>) {
    func note(_ tensor: Limn_Onnx_TensorProto) {
      for entry in tensor.externalData where entry.key == "location" && !entry.value.isEmpty {
        locations.insert(entry.value)
      }
    }
    for tensor in graph.initializer { note(tensor) }
    for attribute in graph.node.lazy.flatMap(\.attribute) {
      note(attribute.t)
      for tensor in attribute.tensors { note(tensor) }
      for inner in attribute.hasG ? [attribute.g] : [] { self.note(inner, in: &locations) }
    }
  }
}
