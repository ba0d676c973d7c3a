import AttributionKit
import Foundation
import GraphAdapter
import Images
import ONNXFiles
import ONNXImport
import Tensors
import TestSupport
import Testing

/// Networks whose output is no list of classes: one logit, a map of classes, an embedding.
@Suite struct OutputKindTests {
  let folder: Folder
  let image = Tensor.ramp([3, 16, 16])

  init() throws {
    folder = try Folder()
    try folder.write(numbers: image.scalars, shape: image.shape, to: "image.npy")
    try folder.write(numbers: Tensor.ramp([3, 16, 16], phase: 0.7).scalars, shape: image.shape, to: "other.npy")
    try folder.writePhotograph()
  }

  struct Kinds: Decodable {
    let model: Model
    let predictions: [Prediction]
    let target: Target
    let score: Report.Score
    let layer: Report.Layer?
    let grid: [Int]?

    struct Model: Decodable { let classes: Int, output: [Int] }
    struct Prediction: Decodable {
      let index: Int, label: String?, side: String?, logit: Float, probability: Float, share: Float?
    }
    struct Target: Decodable {
      let expression: String, index: Int?, label: String?, side: String?, probability: Float?, region: String?
      let share: Float?
    }
  }

  private func run(_ arguments: String...) throws -> Command.Run { try Command.run(arguments, in: folder) }

  private func explain(_ arguments: String...) throws -> Kinds {
    let run = try Command.run(["explain", "--json"] + arguments, in: folder)
    #expect(run.status == 0, "\(arguments): \(run.errors)")
    return try JSONDecoder().decode(Kinds.self, from: Data(run.output.utf8))
  }

  private func map(_ arguments: String...) throws -> Tensor {
    let run = try Command.run(["explain", "-o", "map.npy"] + arguments, in: folder)
    #expect(run.status == 0, "\(arguments): \(run.errors)")
    return try folder.array("map.npy")
  }

  private func refusal(_ arguments: String...) throws -> (status: Int32, says: String) {
    let run = try Command.run(arguments, in: folder)
    #expect(run.output.isEmpty && run.errors.split(separator: "\n").last?.hasPrefix("limn: ") == true)
    return (run.status, run.errors)
  }

  /// The file, written under a name, and the network in it.
  @discardableResult
  private func network(_ file: ONNXFile, as name: String = "net.onnx") throws -> GraphModel {
    try folder.write(file.bytes, to: name)
    let model = try ONNXModel(decoding: file.bytes)
    return try GraphModel(model.graph(output: file.outputs[0]))
  }

  @Test func `methods are held against a network, and their passes counted on it`() throws {
    try network(.segmentation(3))
    let table = try run("methods", "--model", "net.onnx")
    #expect(table.status == 0 && table.output.contains("On this network"), "\(table.errors)")
    #expect(table.output.contains("no: no global average pooling"))
    let one = try run("methods", "cam", "--model", "net.onnx", "--json")
    #expect(one.output.contains("\"unmet\"") && one.output.contains("pooled linear head"), "\(one.errors)")
    #expect(try run("methods", "--model", "none.onnx").status == 66)
  }

  @Test func `the sides of a single logit are targets, and their names are told`() throws {
    let z = try network(.vector(1, sigmoid: true)).trace(image).logits.scalars[0]
    try folder.write("cat\ndog\n", to: "two.txt")
    let negative = try explain("image.npy", "--model", "net.onnx", "--labels", "two.txt", "--target", "cat")
    #expect(abs(negative.score.value + z) < 1e-5)
    #expect(negative.target.side == "negative" && negative.target.label == "cat")
    let table = try run("predict", "image.npy", "--model", "net.onnx", "--labels", "two.txt")
    #expect(table.status == 0 && table.errors.contains("against 'cat' and for 'dog'"))
    #expect(table.output.contains("positive") && table.output.contains("negative"))
    let sheet = try run("compare", "photo.png", "--model", "net.onnx", "--target", "top:2", "-o", "sheet.svg")
    #expect(sheet.status == 0, "\(sheet.errors)")
    let unnamed = try refusal("explain", "image.npy", "--model", "net.onnx", "--target", "dog")
    #expect(unnamed.status == 65 && unnamed.says.contains("(--labels FILE)"))
  }

  @Test func `a segmentation is explained in a region, and predicted by its pixels`() throws {
    let logits = try network(.segmentation(3)).trace(image).logits.channel(1).scalars
    let weights = (0..<64).map { (p: Int) -> Float in (1..<4).contains(p / 8) && (2..<4).contains(p % 8) ? 1 : 0 }
    let report = try explain("image.npy", "--model", "net.onnx", "--target", "1", "--region", "4,2,8,8")
    let mean = zip(logits, weights).map { $0 * $1 }.reduce(0, +) / weights.reduce(0, +)
    #expect(abs(report.score.value - mean) < 1e-4 * max(1, abs(mean)) && report.target.region == "4,2,8,8")
    #expect(report.model.output == [3, 8, 8] && report.layer?.name == "features")
    #expect(try explain("image.npy", "--model", "net.onnx").target.region == "predicted")
    let map = try map("image.npy", "--model", "net.onnx", "--target", "1", "--region", "all", "--method", "gradient")
    #expect(map.shape == [3, 16, 16] && map.scalars.contains { $0 != 0 })
    let table = try run("predict", "image.npy", "--model", "net.onnx", "--region", "0,0,2,2")
    #expect(table.status == 0 && table.output.contains("Pixels"), "\(table.errors)")
    let sheet = try run("compare", "photo.png", "--model", "net.onnx", "--methods", "grad-cam", "-o", "sheet.png")
    #expect(sheet.status == 0 && sheet.output.contains("of the pixels"), "\(sheet.errors)")
  }

  @Test func `regions that are none are refused, and a mask is never written over`() throws {
    try network(.segmentation(3))
    try network(.vector(3), as: "classes.onnx")
    try folder.write(Raster(width: 16, height: 16).pngData(), to: "mask.png")
    for (model, region, status, says) in [
      ("net.onnx", "3,4,3,9", 64, "is empty"), ("net.onnx", "20,20,30,30", 65, "16 × 16 pixels"),
      ("net.onnx", "none.png", 66, "none.png"), ("classes.onnx", "1,1,3,3", 64, "leave it out (--region)"),
    ] as [(String, String, Int32, String)] {
      let refused = try refusal("explain", "image.npy", "--model", model, "--region", region)
      #expect(refused.status == status && refused.says.contains(says), "\(refused.says)")
    }
    let written = try refusal("explain", "image.npy", "--model", "net.onnx", "--region", "mask.png", "-o", "mask.png")
    #expect(written.status == 64 && written.says.contains("overwrite"))
  }

  @Test func `an image is explained by its likeness to another`() throws {
    try network(.vector(5))
    let report = try explain("image.npy", "--model", "net.onnx", "--similar-to", "other.npy")
    #expect(report.score.kind == "cosine" && abs(report.score.value) <= 1 && report.target.index == nil)
    let same = try run("explain", "image.npy", "--model", "net.onnx", "--similar-to", "image.npy", "--json")
    #expect(same.output.contains("zero-gradient"), "\(same.errors)")
    let sheet = try run(
      "compare", "image.npy", "other.npy", "--model", "net.onnx", "--similar-to", "photo.png", "--methods",
      "grad-cam,occlusion", "-o", "sheet.svg")
    #expect(sheet.status == 0 && sheet.output.contains("similar to photo.png · cosine"), "\(sheet.errors)")
    for (arguments, status, says) in [
      (["--similar-to", "other.npy", "--target", "1"], 64, "--target"),
      (["--similar-to", "nobody.png"], 66, "nobody.png"),
      (["--similar-to", "other.npy", "-o", "other.npy"], 64, "overwrite"),
    ] as [([String], Int32, String)] {
      let run = try Command.run(["explain", "image.npy", "--model", "net.onnx"] + arguments, in: folder)
      #expect(run.status == status && run.errors.contains(says), "\(run.errors)")
    }
  }

  @Test func `inputs other than the image are fixed to arrays in files`() throws {
    try folder.write(ONNXFile.withContext(3).bytes, to: "two.onnx")
    try folder.write(numbers: [0, 0, 0, 0], shape: [1, 4], to: "nothing.npy")
    try folder.write(numbers: [1, 2, 3, 4], shape: [1, 4], to: "context.npy")
    let scores = try ["nothing.npy", "context.npy"].map {
      try explain("image.npy", "--model", "two.onnx", "--input", "context=\($0)", "--target", "2").score.value
    }
    #expect(scores[0] != scores[1])
    let open = try refusal("explain", "image.npy", "--model", "two.onnx")
    #expect(
      open.status == 65
        && open.says.contains("'context' of 1 × 4, with pictures, arrays or numbers (--input NAME=PICTURE"))
  }

  @Test func `a number stands for a whole input`() throws {
    try folder.write(ONNXFile.withContext(3).bytes, to: "two.onnx")
    try folder.write(numbers: [2, 2, 2, 2], shape: [1, 4], to: "twos.npy")
    let scores = try ["twos.npy", "2", "3"].map {
      try explain("image.npy", "--model", "two.onnx", "--input", "context=\($0)", "--target", "2").score.value
    }
    #expect(scores[0] == scores[1] && scores[1] != scores[2])
  }

  @Test func `texts for classes are told from files that are none`() throws {
    try folder.write(ONNXFile.vector(5).bytes, to: "net.onnx")
    try folder.write("\n  \n", to: "empty.txt")
    let eaten = try refusal("predict", "photo.png", "--model", "net.onnx", "--classes", "a dog", "photo.png")
    #expect(eaten.status == 64 && eaten.says.contains("put photographs before it"))
    let empty = try refusal("predict", "photo.png", "--model", "net.onnx", "--classes", "empty.txt")
    #expect(empty.status == 64 && empty.says.contains("no line with a text"))
    let texts = try refusal("predict", "photo.png", "--model", "net.onnx", "--classes", "a dog", "a cat")
    #expect(texts.says.contains("are not beside it") && texts.says.contains("--classes"))
  }
}
