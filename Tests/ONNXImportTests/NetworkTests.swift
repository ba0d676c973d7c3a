import Foundation
import GraphEngine
import Images
import Kernels
import ONNXImport
import TestSupport
import Tensors
import Testing

@Suite(.enabled(if: TestData.isAvailable, Comment(rawValue: TestData.remedy)))
struct `Networks of several exporters` {
  static let reference = [
    "plain-cnn", "gap-cnn", "inception-lrn", "binary", "timm-resnet", "timm-byobnet", "timm-efficientnet",
    "activations", "timm-convnext", "timm-vit",
  ]

  @Test(arguments: reference)
  func `reference logits are met`(_ name: String) throws {
    let folder = "reference/networks/\(name)/"
    let model = try ONNXModel(contentsOf: TestData.file(folder + "model.onnx").path)
    let input = try NumPyFile.read(contentsOf: TestData.file(folder + "input.npy").path)
    let expected = try NumPyFile.read(contentsOf: TestData.file(folder + "logits.npy").path)
    let logits = try Plan(model.graph()).outputs(for: [NDArray(input.scalars, shape: input.shape)])[0].scalars
    let scale = expected.scalars.map(\.magnitude).max() ?? 1
    #expect(logits.count == expected.scalars.count)
    #expect(zip(logits, expected.scalars).allSatisfy { abs($0 - $1) <= 1e-4 * scale })
  }

  @Test func `two exporters' files of one network agree`() throws {
    let x = NDArray((0..<3072).map { sin(Float($0) * 0.37) }, shape: [1, 3, 32, 32])
    let logits = try ["ts13", "dyn18"].map { exporter in
      let path = try TestData.file("zoo/models/cifar10_resnet20_\(exporter).onnx").path
      return try Plan(ONNXModel(contentsOf: path).graph()).outputs(for: [x])[0].scalars
    }
    #expect(zip(logits[0], logits[1]).allSatisfy { abs($0 - $1) < 1e-3 })
  }

  @Test func `images in a batch give what they give alone`() throws {
    let path = try TestData.file("zoo/models/cifar10_resnet20_ts13.onnx").path
    let model = try ONNXModel(contentsOf: path)
    let images = (0..<2).map { image in (0..<3072).map { sin(Float($0 + 1000 * image) * 0.37) } }
    let batch = try Plan(model.graph(batch: 2)).outputs(for: [NDArray(images[0] + images[1], shape: [2, 3, 32, 32])])
    let single = try Plan(model.graph())
    let alone = try images.flatMap { try single.outputs(for: [NDArray($0, shape: [1, 3, 32, 32])])[0].scalars }
    #expect(zip(batch[0].scalars, alone).allSatisfy { abs($0 - $1) < 1e-4 })
  }

  @Test(arguments: [
    "squeezenet1.1_winml_fp32", "squeezenet1.1_winml_fp16", "mobilenet_v2_1.0_224", "mobilenet_v1_0.25_128",
    "cifar10_resnet8_mlctiny", "cifar10_tiniest_dyn18", "fer2013_mini_xception_64", "exporters/onnx2c_mnist_pytorch",
    "exporters/ultraface_rfb320", "exporters/winml_pytorch_cifar10", "exporters/mnist_8/model",
    "exporters/super_resolution_10/model",
  ])
  func `networks of the zoo lower to a plan`(_ name: String) throws {
    let model = try ONNXModel(contentsOf: TestData.file("zoo/models/\(name).onnx").path)
    let plan = try Plan(model.graph())
    #expect(plan.shape(of: model.outputs[0].name) != nil)
  }

  @Test func `experimental operators are refused, all of them`() throws {
    let path = try TestData.file("zoo/models/exporters/winml_candy.onnx").path
    let model = try ONNXModel(contentsOf: path)
    let error = #expect(throws: ONNXError.self) { try model.graph() }
    guard case .unsupported(let nodes) = error else {
      Issue.record("\(String(describing: error))")
      return
    }
    #expect(Set(nodes.map(\.operator)) == ["ImageScaler", "Crop", "Affine"])
    #expect(nodes.count == 9)
  }
}
