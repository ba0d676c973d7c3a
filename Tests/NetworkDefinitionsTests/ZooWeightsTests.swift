import AttributionKit
import Foundation
import GraphAdapter
import NetworkDefinitions
import ONNXImport
import TestSupport
import Tensors
import Testing

/// The same trained network, defined here and written by two exporters.
@Suite(.enabled(if: TestData.isAvailable, "\(TestData.remedy)")) struct ZooWeightsTests {
  @Test(arguments: ["cifar10_resnet20_ts13", "cifar10_resnet20_dyn18"])
  func `the defined ResNet-20 agrees with its ONNX files`(exported: String) throws {
    let network = try Network(
      .cifarResnet20, weights: SafetensorsFile(TestData.file("zoo/models/cifar10_resnet20.safetensors").path))
    let file = try ONNXModel(contentsOf: TestData.file("zoo/models/\(exported).onnx").path)
    let models = try [GraphModel(network.graph()), GraphModel(file.graph(imageSize: (32, 32)))]
    for seed in 1...3 as ClosedRange<UInt64> {
      let x = Tensor(gaussianNoise: [3, 32, 32], seed: seed)
      for index in [0, 7] {
        let sessions = try models.map { try ExplanationSession(of: $0, on: x, for: .logit(index)) }
        let (logits, gradients) = (sessions.map(\.logits), try sessions.map { try $0.gradient(at: $0.model.input) })
        #expect(logits[0].shape == [10])
        #expect(logits[0].distance(to: logits[1]) < 1e-5 * magnitude(logits[1]))
        #expect(gradients[0].distance(to: gradients[1]) < 1e-5 * magnitude(gradients[1]))
      }
    }
  }

  private func magnitude(_ tensor: Tensor) -> Float { tensor.scalars.map(abs).max() ?? 0 }
}
