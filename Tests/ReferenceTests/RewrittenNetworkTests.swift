import Foundation
import GraphEngine
import Kernels
import ONNXImport
import TestSupport
import Testing

/// Real networks, their steps run one by one and run together.
@Suite(.enabled(if: TestData.isAvailable, "\(TestData.remedy)"))
struct RewrittenNetworkTests {
  static let files =
    ReferenceNetwork.names.map { "reference/networks/\($0)/model.onnx" }
    + ["mobilenet_v2_1.0_224", "squeezenet1.1_winml_fp32", "cifar10_resnet20_ts13", "fer2013_mini_xception_64"]
    .map { "zoo/models/\($0).onnx" }

  @Test(arguments: files) func `values and gradients agree to 1e-5`(file: String) throws {
    let graph = try ONNXModel(contentsOf: TestData.file(file).path).graph(
      imageSize: file.contains("mobilenet") ? (224, 224) : nil)
    let fused = try Plan(graph), plain = try Plan(graph, rewriting: false)
    let shape = graph.inputs[0].shape
    let x = NDArray((0..<shape.reduce(1, *)).map { Float(($0 &* 2_654_435_761) % 4096) / 2048 - 1 }, shape: shape)
    let a = try fused.trace([x]), b = try plain.trace([x])
    #expect(deviation(try fused.outputs(for: [x])[0], try plain.outputs(for: [x])[0]) < 1e-5)
    for (step, _) in fused.activations {
      #expect(deviation(try a.value(named: step.name), try b.value(named: step.name)) < 1e-5, "\(step.name)")
    }
    let activations = Set(fused.activations.filter { $0.kind != nil }.map(\.step.name))
    let rules: [@Sendable (PlannedStep) -> StepCrossing] = [
      { _ in .derivative }, { activations.contains($0.name) ? .derivativeOfPositive : .derivative },
      { activations.contains($0.name) ? .positive : .derivative },
    ]
    let output = graph.outputs[0], count = try #require(plain.shape(of: output)).reduce(1, *)
    let cotangent = NDArray((0..<count).map { $0 == 1 ? 1 : 0 }, shape: try #require(plain.shape(of: output)))
    for rule in rules {
      let ways = try [a, b].map { trace in
        let pass = try BackwardPass(through: trace, from: output, cotangent: cotangent, crossing: rule)
        return try #require(try pass.cotangent(of: graph.inputs[0].name))
      }
      #expect(deviation(ways[0], ways[1]) < 1e-5)
    }
  }

  /// The largest difference, relative to the largest magnitude.
  private func deviation(_ a: NDArray, _ b: NDArray) -> Float {
    a.tensor.deviation(from: b.tensor)
  }
}
