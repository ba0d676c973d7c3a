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
    let output = try input.output.map { try file.output(named: $0) }
    let fixed = try file.arrays(for: input.fixedInputs)
    var shapes = fixed.mapValues(\.shape)
    let openInputs = file.openImageInputs.filter { fixed[$0.name] == nil }
    if let arrayShape = input.arrayShape, let open = openInputs.first { shapes[open.name] = [1] + arrayShape }
    var imageSize = input.size.map { (height: $0.height, width: $0.width) }
    if imageSize == nil, !openInputs.allSatisfy({ shapes[$0.name] != nil }) {
      Console.note("the network leaves the size of its input open: assuming 224 × 224; choose with --size")
      imageSize = (224, 224)
    }
    let (knownShapes, knownSize) = (shapes, imageSize)
    let graph = try file.graph(imageSize: knownSize, inputShapes: knownShapes, output: output)
      .fixing(fixed.mapValues { NDArray($0) })
    if graph.isQuantized {
      Console.note("the network is quantised: gradients go straight through its roundings, which have none")
    }
    // Arrays for one image do not tell what a batch would take.
    let batched: @Sendable (Int) throws -> Graph = { images in
      try file.graph(
        batch: images, imageSize: knownSize, inputShapes: knownShapes.mapValues { [images] + $0.dropFirst() },
        output: output)
    }
    let model = try GraphModel(
      graph, precision: input.precision, graphForBatch: fixed.isEmpty ? batched : nil)
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

  /// The name of an output that the user calls by it or by its number, from 0.
  fileprivate func output(named text: String) throws -> String {
    let names = outputs.map(\.name)
    if names.contains(text) { return text }
    guard let number = Int(text), names.indices.contains(number) else {
      let list = names.enumerated().map { "\($0.offset) \($0.element)" }.joined(separator: ", ")
      throw Failure.badData("the network has no output '\(text)'; its outputs are \(list)")
    }
    return names[number]
  }

  /// The arrays that inputs are fixed to, by their names.
  fileprivate func arrays(for fixed: [FixedInput]) throws -> [String: Tensor] {
    var arrays: [String: Tensor] = [:]
    for input in fixed {
      guard inputs.contains(where: { $0.name == input.name }) else {
        let names = inputs.map(\.name).joined(separator: ", ")
        throw Failure.badData("the network has no input '\(input.name)' to fix; its inputs are \(names)")
      }
      arrays[input.name] = try input.array()
    }
    return arrays
  }
}
