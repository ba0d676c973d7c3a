import GraphAdapter
import GraphEngine
import Kernels
import ONNXImport
import Tensors

/// An ONNX file.
struct ONNXSource: ModelSource {
  let path: String

  var files: [NamedFile] { [NamedFile(path: path, kind: "model")] }

  func load(for input: InputRequest) throws -> LoadedModel {
    let file = try ONNXModel(contentsOf: path)
    let output = try input.output.map { try $0.naming(oneOf: file.outputs.map(\.name), as: "output") }
    let fixed = try FixedInput.arrays(input.fixedInputs, among: file.inputs.map(\.name)).mapValues { NDArray($0) }
    var shapes: [String: [Int]] = [:]
    let openInputs = file.openImageInputs.filter { fixed[$0.name] == nil }
    if let arrayShape = input.arrayShape,
      let open = openInputs.first(where: { $0.shape.map { $0.count == arrayShape.count + 1 } ?? true })
    {
      shapes[open.name] = [1] + arrayShape
    }
    var imageSize = input.size.map { (height: $0.height, width: $0.width) }
    if imageSize == nil, !openInputs.allSatisfy({ shapes[$0.name] != nil }) {
      Console.note("the network leaves the size of its input open: assuming 224 × 224; choose with --size")
      imageSize = (224, 224)
    }
    let (knownShapes, knownSize) = (shapes, imageSize)
    let network = try file.lowered(imageSize: knownSize, inputShapes: knownShapes, output: output, fixed: fixed)
    let graph = network.graph
    for note in network.notes { Console.note(note) }
    if graph.isQuantized {
      Console.note("the network is quantised: gradients go straight through its roundings, which have none")
    }
    let batched: @Sendable (Int) throws -> Graph = { images in
      try file.graph(
        batch: images, imageSize: knownSize, inputShapes: knownShapes.mapValues { [images] + $0.dropFirst() },
        output: output, fixed: fixed)
    }
    let model = try GraphModel(
      graph, precision: input.precision, graphForBatch: network.takesBatches ? batched : nil)
    return LoadedModel(
      model: model, outputShape: model.logitsShape,
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
