import DemoNetwork
import Foundation
import GraphAdapter
import Images
import ONNXImport

/// The network that comes with the command, explained where no other is named.
struct DemoSource: ModelSource {
  var files: [NamedFile] { [] }

  func load(for input: InputRequest) throws -> LoadedModel {
    let file = try ONNXModel(decoding: Data(DemoNetwork.onnx), named: "the demo network")
    let side = DemoNetwork.inputSide
    let model = try GraphModel(file.graph(imageSize: (side, side)), precision: input.precision) {
      try file.graph(batch: $0, imageSize: (side, side))
    }
    return LoadedModel(
      model: model,
      origin: ModelOrigin(name: "demo", producer: file.producer, opset: file.opset, isDemo: true),
      labels: Labels(DemoNetwork.labels),
      preprocessing: Preprocessing(
        resize: .exact, mean: DemoNetwork.mean, deviation: DemoNetwork.standardDeviation))
  }
}
