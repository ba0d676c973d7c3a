import GraphAdapter
import NetworkDefinitions

/// A network that Limn knows by name, with its weights from a safetensors file.
struct DefinedNetworkSource: ModelSource {
  let definition: NetworkDefinition
  let weights: String

  var files: [NamedFile] { [NamedFile(path: weights, kind: "weights")] }

  func load(for input: InputRequest) throws -> LoadedModel {
    guard input.output == nil, input.fixedInputs.isEmpty else {
      throw Failure.usage("\(definition.name) has one input and one output: leave out --input and --logits")
    }
    let network = try Network(definition, weights: SafetensorsFile(weights))
    var imageSize = input.size.map { (height: $0.height, width: $0.width) }
    if imageSize == nil, let shape = input.arrayShape, shape.count == 3, shape.allSatisfy({ $0 > 0 }) {
      imageSize = (shape[1], shape[2])
    }
    let size = imageSize
    let model = try GraphModel(
      network.graph(imageSize: size), precision: input.precision,
      graphForBatch: { try network.graph(batch: $0, imageSize: size) })
    return LoadedModel(
      model: model, origin: ModelOrigin(name: weights, network: definition.name))
  }
}
