import Foundation
import Tensors
import TestSupport
import Testing

/// The command against arrays that another program computed in double precision.
@Suite(.enabled(if: TestData.isAvailable, "\(TestData.remedy)")) struct ReferenceTests {
  let folder: Folder

  init() throws { folder = try Folder() }

  struct Network: Decodable {
    let classes: [Int]
    let layer: String

    enum CodingKeys: String, CodingKey { case classes, layer = "onnx_layer" }
  }

  static let networks = [
    "plain-cnn", "gap-cnn", "gap-cnn-softmax", "inception-lrn", "binary", "timm-resnet", "timm-byobnet",
    "timm-efficientnet", "timm-convnext", "timm-vit",
  ]

  /// Methods by their names here, with the names of the arrays.
  static let methods = [
    ("gradient", "input-gradient"), ("grad-cam", "grad-cam"), ("grad-cam++", "grad-cam++"),
    ("guided-backprop", "guided-backprop"), ("deconvnet", "deconvnet"),
  ]

  @Test(arguments: networks)
  func `Arrays that the command writes are those of the reference`(name: String) throws {
    let data = "reference/networks/\(name)"
    let network = try JSONDecoder().decode(Network.self, from: Data(contentsOf: TestData.file("\(data)/case.json")))
    var compared = 0
    for index in network.classes {
      for (method, array) in Self.methods {
        let file = try TestData.file("\(data)/\(array).\(index).npy")
        // The reference leaves out what other libraries do not define, such as guided backpropagation through SiLU.
        guard FileManager.default.fileExists(atPath: file.path) else { continue }
        let run = try Command.run(
          [
            "explain", TestData.file("\(data)/input.npy").path, "--model", TestData.file("\(data)/model.onnx").path,
            "--method", method, "--layer", network.layer, "--target", "\(index)", "-o", "map.npy",
          ], in: folder)
        #expect(run.status == 0, "\(name) \(method): \(run.errors)")
        let error = try folder.array("map.npy").relativeError(to: self.array(at: file))
        #expect(error < 1e-4, "\(name) \(method) \(index): \(error)")
        compared += 1
      }
    }
    // Other libraries draw no maps on tokens: the transformer has the gradients of two classes.
    #expect(compared >= (name == "timm-vit" ? 2 : 3))
  }

  @Test(arguments: networks)
  func `Logits that the command reports are those of the reference`(name: String) throws {
    let data = "reference/networks/\(name)"
    let run = try Command.run(
      [
        "predict", TestData.file("\(data)/input.npy").path, "--model", TestData.file("\(data)/model.onnx").path,
        "--top", "10", "--json",
      ], in: folder)
    #expect(run.status == 0, "\(run.errors)")
    let reported = try JSONDecoder().decode([Predictions].self, from: Data(run.output.utf8))[0]
    let expected = try array(at: TestData.file("\(data)/logits.npy"))
    var logits = Tensor(repeating: .nan, shape: expected.shape)
    for prediction in reported.predictions where prediction.side != "negative" {
      logits[prediction.index] = prediction.logit
    }
    #expect(logits.relativeError(to: expected) < 1e-4)
    let total = reported.predictions.map(\.probability).reduce(0, +)
    #expect(reported.link == (name == "binary" ? "sigmoid" : "softmax"))
    if reported.link == "softmax" { #expect(abs(total - 1) < 1e-5) }
  }

  private func array(at file: URL) throws -> Tensor {
    let folder = try Folder()
    try folder.write(Data(contentsOf: file), to: "array.npy")
    let array = try folder.array("array.npy")
    return array.shape.first == 1 && array.shape.count != 2 || array.shape.count == 2 && array.shape[0] == 1
      ? array.reshaped(Array(array.shape.dropFirst())) : array
  }
}

extension Tensor {
  /// The largest difference as a share of the reference's largest magnitude; infinite where the shapes differ.
  fileprivate func relativeError(to reference: Tensor) -> Float {
    guard shape == reference.shape else { return .infinity }
    let largest = reference.scalars.map { abs($0) }.max() ?? 1
    return zip(scalars, reference.scalars).map { abs($0 - $1) }.reduce(0) { $1.isNaN ? .infinity : max($0, $1) }
      / largest
  }
}
