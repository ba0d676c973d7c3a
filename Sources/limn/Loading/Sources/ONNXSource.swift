import GraphAdapter
import ONNXImport

/// An ONNX file.
struct ONNXSource: ModelSource {
  let path: String

  var files: [NamedFile] { [NamedFile(path: path, kind: "model")] }

  func load(for input: InputRequest) throws -> LoadedModel {
    let file = try ONNXModel(contentsOf: path)
    let openInputs = file.openImageInputs
    var shapes: [String: [Int]] = [:]
    if let arrayShape = input.arrayShape, let open = openInputs.first { shapes[open.name] = [1] + arrayShape }
    var imageSize = input.size.map { (height: $0.height, width: $0.width) }
    if shapes.isEmpty, imageSize == nil, !openInputs.isEmpty {
      Console.note("the network leaves the size of its input open: assuming 224 × 224; choose with --size")
      imageSize = (224, 224)
    }
    let (fixedShapes, fixedSize) = (shapes, imageSize)
    let model = try GraphModel(
      file.graph(imageSize: fixedSize, inputShapes: fixedShapes), precision: input.precision,
      graphForBatch: { try file.graph(batch: $0, imageSize: fixedSize, inputShapes: fixedShapes) })
    return LoadedModel(
      model: model, classCount: model.classCount,
      origin: ModelOrigin(name: path, producer: file.producer, opset: file.opset))
  }
}

extension ONNXModel {
  /// The inputs whose extents, the batch aside, the file leaves open.
  fileprivate var openImageInputs: [ONNXValue] {
    inputs.filter { input in
      guard let shape = input.shape else { return true }
      return shape.dropFirst().contains { if case .open = $0 { true } else { false } }
    }
  }
}
