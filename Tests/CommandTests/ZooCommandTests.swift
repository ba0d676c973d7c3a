import Foundation
import Tensors
import TestSupport
import Testing

/// The command on networks and photographs as people have them.
@Suite(.enabled(if: TestData.isAvailable, "\(TestData.remedy)")) struct ZooCommandTests {
  let folder: Folder

  init() throws { folder = try Folder() }

  private func zoo(_ path: String) throws -> String { try TestData.file("zoo/\(path)").path }

  private func predict(_ photograph: String, _ model: String, labels: String, _ more: String...) throws -> Predictions {
    let run = try Command.run(
      [
        "predict", zoo("photos/\(photograph)"), "--model", zoo("models/\(model)"), "--labels", zoo("labels/\(labels)"),
        "--json",
      ] + more, in: folder)
    #expect(run.status == 0, "\(run.errors)")
    return try JSONDecoder().decode([Predictions].self, from: Data(run.output.utf8))[0]
  }

  @Test(arguments: ["squeezenet1.1_winml_fp32.onnx", "squeezenet1.1_winml_fp16.onnx"])
  func `SqueezeNet knows the zebra, in either precision`(model: String) throws {
    let answer = try predict("captum_zebra.jpg", model, labels: "synset_words.txt", "--preset", "caffe")
    #expect(answer.predictions[0].label == "zebra")
    #expect(answer.predictions[0].probability > 0.5)
  }

  @Test(arguments: [("mobilenet_v2_1.0_224.onnx", 0.5), ("mobilenet_v1_0.25_128.onnx", 0.3)])
  func `MobileNets know the zebra`(model: String, probability: Double) throws {
    let answer = try predict("captum_zebra.jpg", model, labels: "coral_imagenet_labels.txt", "--preset", "tf")
    #expect(answer.predictions[0].label == "zebra")
    #expect(answer.predictions[0].index == 341)
    #expect(Double(answer.predictions[0].probability) > probability)
  }

  @Test func `Two exporters of one network agree`() throws {
    let (a, b) = try (
      predict("captum_zebra.jpg", "cifar10_resnet20_ts13.onnx", labels: "cifar10.txt"),
      predict("captum_zebra.jpg", "cifar10_resnet20_dyn18.onnx", labels: "cifar10.txt")
    )
    #expect(a.predictions.map(\.index) == b.predictions.map(\.index))
    #expect(zip(a.predictions, b.predictions).allSatisfy { abs($0.logit - $1.logit) < 1e-3 })
  }

  @Test func `A face network with one channel is fed grey without being told`() throws {
    let answer = try predict("astronaut.png", "fer2013_mini_xception_64.onnx", labels: "fer2013.txt")
    #expect(answer.predictions.count == 5)
    #expect(answer.predictions.allSatisfy { $0.probability.isFinite })
  }

  @Test func `Labels of another network are refused`() throws {
    let run = try Command.run(
      [
        "predict", zoo("photos/both.png"), "--model", zoo("models/mobilenet_v2_1.0_224.onnx"), "--labels",
        zoo("labels/cifar10.txt"),
      ], in: folder)
    #expect(run.status == 65)
    #expect(run.errors.contains("10 classes") && run.errors.contains("1001"))
  }

  @Test func `ImageNet's 1000 names serve a network that puts the background in front`() throws {
    let run = try Command.run(
      [
        "predict", zoo("photos/both.png"), "--model", zoo("models/mobilenet_v2_1.0_224.onnx"), "--preset", "tf",
        "--labels", zoo("labels/synset_words.txt"), "--json",
      ], in: folder)
    #expect(run.status == 0 && run.errors.contains("background"))
    let other = try predict("both.png", "mobilenet_v2_1.0_224.onnx", labels: "coral_imagenet_labels.txt")
    let answer = try JSONDecoder().decode([Predictions].self, from: Data(run.output.utf8))[0]
    #expect(answer.predictions[0].label?.contains(other.predictions[0].label ?? "?") == true)
  }

  @Test func `A part of a name that fits several classes lists them`() throws {
    let run = try Command.run(
      [
        "explain", zoo("photos/both.png"), "--model", zoo("models/mobilenet_v2_1.0_224.onnx"), "--labels",
        zoo("labels/coral_imagenet_labels.txt"), "--target", "terrier",
      ], in: folder)
    #expect(run.status == 65)
    #expect(run.errors.contains("Bedlington terrier") && run.errors.contains("give its number"))
  }

  @Test func `Unsupported operators are all named before anything runs`() throws {
    let run = try Command.run(
      ["layers", "--model", zoo("models/exporters/winml_candy.onnx")], in: folder)
    #expect(run.status == 65)
    #expect(run.errors.contains("opset") || run.errors.contains("operator"))
  }

  /// The dog sits in the upper half of the photograph, the cat lies in the lower one.
  @Test(arguments: [("boxer", 0...3), ("tiger cat", 4...6)])
  func `Grad-CAM finds the dog and the cat on one photograph`(name: String, rows: ClosedRange<Int>) throws {
    let run = try Command.run(
      [
        "explain", zoo("photos/both.png"), "--model", zoo("models/mobilenet_v2_1.0_224.onnx"), "--labels",
        zoo("labels/coral_imagenet_labels.txt"), "--preset", "tf", "--target", name, "-o", "map.npy",
      ], in: folder)
    #expect(run.status == 0, "\(run.errors)")
    let map = try folder.array("map.npy")
    #expect(map.shape == [7, 7])
    let peak = try #require(map.scalars.indices.max { map.scalars[$0] < map.scalars[$1] })
    #expect(rows.contains(peak / 7))
  }
}
