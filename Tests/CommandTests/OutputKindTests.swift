import AttributionKit
import Foundation
import GraphAdapter
import Images
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

  // MARK: What the command says

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
  private func network(_ file: NetworkFile, as name: String = "net.onnx") throws -> GraphModel {
    try folder.write(file.bytes, to: name)
    let model = try ONNXModel(decoding: file.bytes)
    return try GraphModel(model.graph(output: file.outputs[0]))
  }

  // MARK: One logit

  @Test func `a single logit has two sides, each with its probability`() throws {
    let z = try network(.vector(1, sigmoid: true)).trace(image).logits.scalars[0]
    let positive = try explain("image.npy", "--model", "net.onnx", "--target", "positive")
    let negative = try explain("image.npy", "--model", "net.onnx", "--target", "Negative")
    #expect(abs(positive.score.value - z) < 1e-5 && negative.score.value == -positive.score.value)
    #expect(positive.target.side == "positive" && negative.target.side == "negative")
    let p = 1 / (1 + exp(-Double(z)))
    #expect(abs(Double(try #require(positive.target.probability)) - p) < 1e-6)
    #expect(abs(Double(try #require(negative.target.probability)) - (1 - p)) < 1e-6)
    let sides = positive.predictions
    #expect(sides.map(\.side) == (z >= 0 ? ["positive", "negative"] : ["negative", "positive"]))
    #expect(sides[0].probability >= 0.5 && sides[0].logit == -sides[1].logit && sides.allSatisfy { $0.index == 0 })
    // The prediction is the side that the sigmoid is on, and the map of one side is the other's turned over.
    #expect(try explain("image.npy", "--model", "net.onnx").target.side == sides[0].side)
    let maps = try ["positive", "negative"].map {
      try map("image.npy", "--model", "net.onnx", "--method", "gradient", "--target", $0)
    }
    #expect(maps[0] == -maps[1] && maps[0].scalars.contains { $0 != 0 })
    #expect(try explain("image.npy", "--model", "net.onnx", "--target", "0").score.value == positive.score.value)
    let probability = try explain(
      "image.npy", "--model", "net.onnx", "--target", "negative", "--score", "probability")
    #expect(abs(Double(probability.score.value) - (1 - p)) < 1e-6)
  }

  @Test func `one name or two serve a single logit`() throws {
    _ = try network(.vector(1, sigmoid: true))
    try folder.write("cat\ndog\n", to: "two.txt")
    try folder.write("dog\n", to: "one.txt")
    try folder.write("cat\ndog\nfox\n", to: "three.txt")
    let two = try explain("image.npy", "--model", "net.onnx", "--labels", "two.txt", "--target", "cat")
    #expect(two.target.side == "negative" && Set(two.predictions.map(\.label)) == ["cat", "dog"])
    let one = try explain("image.npy", "--model", "net.onnx", "--labels", "one.txt", "--target", "not dog")
    #expect(one.target.side == "negative" && one.target.label == "not dog")
    #expect(
      try explain("image.npy", "--model", "net.onnx", "--labels", "one.txt", "--target", "dog").target.side
        == "positive")
    let note = try run("predict", "image.npy", "--model", "net.onnx", "--labels", "two.txt")
    #expect(note.status == 0 && note.errors.contains("against 'cat' and for 'dog'"))
    #expect(note.output.contains("positive") && note.output.contains("negative"))
    let three = try refusal("predict", "image.npy", "--model", "net.onnx", "--labels", "three.txt")
    #expect(three.status == 65 && three.says.contains("one logit"))
  }

  @Test func `both sides fill a sheet, and there is no third`() throws {
    _ = try network(.vector(1))
    let sheet = try run("compare", "photo.png", "--model", "net.onnx", "--target", "top:2", "-o", "sheet.svg")
    #expect(sheet.status == 0, "\(sheet.errors)")
    #expect(sheet.output.contains("positive,") || sheet.output.contains("negative,"))
    for (target, status, says) in [
      ("top:3", 65, "network's 2"), ("1", 65, "'positive' and 'negative'"), ("dog", 65, "--labels"),
      ("positive - negative", 64, "leave out one side"),
    ] as [(String, Int32, String)] {
      let refused = try refusal("explain", "image.npy", "--model", "net.onnx", "--target", target)
      #expect(refused.status == status && refused.says.contains(says), "\(refused.says)")
    }
  }

  // MARK: Segmentation

  /// The gradient of a mean over places, made by hand from the network's own pullback.
  private func gradient(_ model: GraphModel, _ index: Int, _ weights: [Float]) throws -> Tensor {
    let total = weights.reduce(0, +)
    var cotangent = Tensor(repeating: 0, shape: model.logitsShape)
    for (place, weight) in weights.enumerated() { cotangent.scalars[index * weights.count + place] = weight / total }
    return try model.trace(image).pullback(cotangent, to: model.input, under: StandardRule.standard)
  }

  @Test func `a class is explained where it is predicted`() throws {
    let model = try network(.segmentation(3))
    let logits = try model.trace(image).logits
    #expect(logits.shape == [3, 8, 8])
    let winners = (0..<64).map { p in (0..<3).max { logits.scalars[$0 * 64 + p] < logits.scalars[$1 * 64 + p] }! }
    let counts = (0..<3).map { index in winners.count { $0 == index } }
    let most = try #require((0..<3).max { counts[$0] < counts[$1] })
    let report = try explain("image.npy", "--model", "net.onnx")
    #expect(report.model.output == [3, 8, 8] && report.target.index == most && report.target.region == "predicted")
    #expect(abs(try #require(report.target.share) - Float(counts[most]) / 64) < 1e-6)
    #expect(report.predictions.map { Int((64 * ($0.share ?? -1)).rounded()) } == counts.sorted(by: >))
    let own = winners.map { $0 == most ? Float(1) : 0 }
    let mean = zip(logits.channel(most).scalars, own).map { $0 * $1 }.reduce(0, +) / Float(counts[most])
    #expect(abs(report.score.value - mean) < 1e-4 * abs(mean))
    let map = try map("image.npy", "--model", "net.onnx", "--method", "gradient")
    let expected = try gradient(model, most, own)
    #expect(map.distance(to: expected) < 1e-5 && expected.scalars.contains { abs($0) > 1e-3 })
    // The automatic layer is not the answer itself.
    #expect(try explain("image.npy", "--model", "net.onnx").layer?.name == "features")
  }

  @Test func `a region in pixels is laid on the network's grid`() throws {
    let model = try network(.segmentation(3))
    // Of 16 columns, cells have two each: two whole columns of cells and half of a third, three rows.
    let weights = (0..<64).map { (p: Int) -> Float in
      (1..<4).contains(p / 8) ? ((2..<4).contains(p % 8) ? 1 : p % 8 == 4 ? 0.5 : 0) : 0
    }
    let box = try explain("image.npy", "--model", "net.onnx", "--target", "1", "--region", "4,2,9,8")
    let logits = try model.trace(image).logits.channel(1).scalars
    let mean = zip(logits, weights).map { $0 * $1 }.reduce(0, +) / weights.reduce(0, +)
    #expect(abs(box.score.value - mean) < 1e-4 * max(1, abs(mean)))
    let share = try #require(box.target.share)
    #expect(box.target.region == "4,2,9,8" && abs(share - 7.5 / 64) < 1e-6)
    let map = try map(
      "image.npy", "--model", "net.onnx", "--target", "1", "--region", "4,2,9,8", "--method", "gradient")
    #expect(map.distance(to: try gradient(model, 1, weights)) < 1e-5)
    // A mask of the same pixels is the same region; so is one pixel its own.
    var mask = Raster(width: 16, height: 16, fill: (0, 0, 0))
    for y in 2..<8 { for x in 4..<9 { mask[x, y] = (255, 255, 255) } }
    try folder.write(mask.pngData(), to: "mask.png")
    let masked = try explain("image.npy", "--model", "net.onnx", "--target", "1", "--region", "mask.png")
    #expect(masked.score.value == box.score.value)
    let point = try explain("image.npy", "--model", "net.onnx", "--target", "1", "--region", "7,3")
    #expect(abs(point.score.value - logits[1 * 8 + 3]) < 1e-4)
    let all = try explain("image.npy", "--model", "net.onnx", "--target", "1", "--region", "all")
    #expect(abs(all.score.value - logits.reduce(0, +) / 64) < 1e-4)
  }

  /// The photograph's left half is cropped away but for a rest: regions count its pixels all the same.
  @Test func `a region of a photograph goes the way of the photograph`() throws {
    let model = try network(.segmentation(3))
    let photograph = try Raster(contentsOf: folder.path("photo.png"))
    let prepared = try Preprocessing(resize: .letterbox(fill: 114)).prepare(photograph, height: 16, width: 16)
    let logits = try model.trace(prepared.tensor).logits.channel(0).scalars
    // 200 × 140 pixels become 16 × 11 in the middle of 16 rows; cells are two by two.
    let weights = prepared.geometry.coverage(
      of: (0..<140 * 200).map { $0 % 200 < 100 && $0 / 200 < 70 ? 1 : 0 }, height: 8, width: 8)
    let mean = zip(logits, weights).map { $0 * $1 }.reduce(0, +) / weights.reduce(0, +)
    let options = ["--model", "net.onnx", "--preset", "unit", "--target", "0", "--region", "0,0,100,70"]
    let run = try Command.run(["explain", "photo.png", "--json", "--fit", "letterbox"] + options, in: folder)
    #expect(run.status == 0, "\(run.errors)")
    let report = try JSONDecoder().decode(Kinds.self, from: Data(run.output.utf8))
    #expect(abs(report.score.value - mean) < 1e-4 * max(1, abs(mean)))
    let unseen = try refusal(
      "explain", "photo.png", "--model", "net.onnx", "--preset", "unit", "--target", "0", "--region", "0,0,10,140")
    #expect(unseen.status == 65 && unseen.says.contains("--fit letterbox"))
  }

  @Test(arguments: [
    "gradient", "input-x-gradient", "integrated-gradients(steps=8)", "guided-backprop", "grad-cam", "grad-cam++",
    "guided-grad-cam", "score-cam", "ablation-cam", "occlusion(window=4,stride=4)",
  ])
  func `every method explains a segmentation`(method: String) throws {
    _ = try network(.segmentation(3))
    let map = try map("image.npy", "--model", "net.onnx", "--target", "2", "--region", "2,2,9,9", "--method", method)
    #expect(map.scalars.contains { $0 != 0 } && map.scalars.allSatisfy(\.isFinite))
  }

  @Test func `perturbing methods score the region`() throws {
    let model = try network(.segmentation(3))
    let map = try map(
      "image.npy", "--model", "net.onnx", "--target", "2", "--region", "0,0,2,2", "--method",
      "occlusion(window=4,stride=4,baseline=zero)")
    func score(_ image: Tensor) throws -> Float { try model.trace(image).logits.channel(2).scalars[0] }
    var covered = image
    for c in 0..<3 { for y in 0..<4 { for x in 0..<4 { covered.scalars[c * 256 + y * 16 + x] = 0 } } }
    #expect(abs(map.scalars[0] - (try score(image) - score(covered))) < 1e-4)
    // Out of sight of the first cell nothing matters.
    #expect(abs(map.scalars[15 * 16 + 15]) < 1e-5 && abs(map.scalars[0]) > 1e-3)
  }

  @Test func `a mask has two sides, and another output is a name or a number away`() throws {
    let model = try network(.segmentation(1))
    let logits = try model.trace(image).logits.scalars
    let share = Float(logits.count { $0 > 0 }) / 64
    #expect(share > 0 && share < 1)
    let positive = try explain("image.npy", "--model", "net.onnx", "--target", "positive")
    #expect(abs(try #require(positive.target.share) - share) < 1e-6)
    let mean = logits.filter { $0 > 0 }.reduce(0, +) / (64 * share)
    #expect(abs(positive.score.value - mean) < 1e-4 * mean)
    let negative = try explain("image.npy", "--model", "net.onnx", "--target", "negative")
    #expect(abs(try #require(negative.target.share) - (1 - share)) < 1e-6 && negative.score.value > 0)
    let table = try run("predict", "image.npy", "--model", "net.onnx")
    #expect(table.status == 0 && table.output.contains("Pixels") && table.output.contains("positive"))
    for output in ["aux", "1"] {
      let twice = try explain("image.npy", "--model", "net.onnx", "--logits", output, "--target", "positive")
      #expect(abs(twice.score.value - 2 * mean) < 2e-4 * mean)
    }
  }

  @Test func `predictions are of the region`() throws {
    let model = try network(.segmentation(3))
    let logits = try model.trace(image).logits
    let corner = (0..<3).map { logits.scalars[$0 * 64] }
    let run = try run("predict", "image.npy", "--model", "net.onnx", "--region", "0,0,2,2", "--json")
    #expect(run.status == 0, "\(run.errors)")
    struct Predicted: Decodable { let region: String, predictions: [Kinds.Prediction] }
    let answer = try JSONDecoder().decode([Predicted].self, from: Data(run.output.utf8))[0]
    #expect(answer.region == "0,0,2,2" && answer.predictions[0].share == 1)
    #expect(answer.predictions[0].index == corner.indices.max { corner[$0] < corner[$1] })
    #expect(abs(answer.predictions.map(\.probability).reduce(0, +) - 1) < 1e-5)
  }

  @Test func `a sheet shows where a segmentation is explained`() throws {
    _ = try network(.segmentation(3))
    let sheet = try run(
      "compare", "photo.png", "--model", "net.onnx", "--target", "top:2", "--methods", "grad-cam,gradient", "-o",
      "sheet.png")
    #expect(sheet.status == 0, "\(sheet.errors)")
    #expect(sheet.output.contains("of the pixels"))
  }

  @Test func `regions that are none are refused`() throws {
    _ = try network(.segmentation(3))
    _ = try network(.vector(3), as: "classes.onnx")
    try folder.write(Raster(width: 16, height: 16, fill: (9, 9, 9)).pngData(), to: "black.png")
    try folder.write(Raster(width: 8, height: 16).pngData(), to: "small.png")
    for (region, status, says) in [
      ("3,4,3,9", 64, "is empty"), ("1,2,3", 64, "left,top,right,bottom"), ("a,2,3,4", 64, "left,top,right,bottom"),
      ("9223372036854775807,2", 64, "left,top,right,bottom"), ("20,20,30,30", 65, "16 × 16 pixels"),
      ("black.png", 65, "white"), ("small.png", 65, "8 × 16 pixels"), ("none.png", 66, "none.png"),
    ] as [(String, Int32, String)] {
      let refused = try refusal("explain", "image.npy", "--model", "net.onnx", "--region", region)
      #expect(refused.status == status && refused.says.contains(says), "\(refused.says)")
    }
    let classes = try refusal("explain", "image.npy", "--model", "classes.onnx", "--region", "1,1,3,3")
    #expect(classes.status == 64 && classes.says.contains("leave it out"))
    let written = try refusal("explain", "image.npy", "--model", "net.onnx", "--region", "black.png", "-o", "black.png")
    #expect(written.status == 64 && written.says.contains("overwrite"))
  }

  // MARK: Embeddings

  @Test func `an image is explained by its likeness to another`() throws {
    let model = try network(.vector(5))
    let e = try model.trace(image).logits, r = try model.trace(Tensor.ramp([3, 16, 16], phase: 0.7)).logits
    func length(_ x: Tensor) -> Float { (x * x).scalars.reduce(0, +).squareRoot() }
    let cosine = (e * r).scalars.reduce(0, +) / (length(e) * length(r))
    let report = try explain("image.npy", "--model", "net.onnx", "--similar-to", "other.npy")
    #expect(abs(report.score.value - cosine) < 1e-5 && report.score.kind == "cosine")
    #expect(report.target.index == nil && report.target.expression == "similar to other.npy")
    let slope = 1 / length(e) * (1 / length(r) * r - cosine / length(e) * e)
    let expected = try model.trace(image).pullback(slope, to: model.input, under: StandardRule.standard)
    let map = try map("image.npy", "--model", "net.onnx", "--similar-to", "other.npy", "--method", "gradient")
    #expect(map.distance(to: expected) < 1e-5 && expected.scalars.contains { abs($0) > 1e-5 })
    let same = try run("explain", "image.npy", "--model", "net.onnx", "--similar-to", "image.npy", "--json")
    #expect(same.output.contains("zero-gradient"), "\(same.errors)")
    let sheet = try run(
      "compare", "image.npy", "other.npy", "--model", "net.onnx", "--similar-to", "photo.png", "--methods",
      "grad-cam,score-cam,occlusion", "-o", "sheet.svg")
    #expect(sheet.status == 0 && sheet.output.contains("similar to photo.png · cosine"), "\(sheet.errors)")
  }

  @Test func `comparisons that mean nothing are refused`() throws {
    _ = try network(.vector(5))
    _ = try network(.segmentation(3), as: "places.onnx")
    for (arguments, status, says) in [
      (["--similar-to", "other.npy", "--target", "1"], 64, "--target"),
      (["--similar-to", "other.npy", "--score", "probability"], 64, "--score"),
      (["--similar-to", "nobody.png"], 66, "nobody.png"),
      (["--similar-to", "other.npy", "-o", "other.npy"], 64, "overwrite"),
    ] as [([String], Int32, String)] {
      let run = try Command.run(["explain", "image.npy", "--model", "net.onnx"] + arguments, in: folder)
      #expect(run.status == status && run.errors.contains(says), "\(run.errors)")
    }
    let places = try refusal("explain", "image.npy", "--model", "places.onnx", "--similar-to", "other.npy")
    #expect(places.status == 65 && places.says.contains("no embedding"))
  }

  // MARK: Inputs

  @Test func `inputs of one and of many channels, and others than the image`() throws {
    _ = try network(.vector(3, channels: 1), as: "grey.onnx")
    let grey = try explain("photo.png", "--model", "grey.onnx")
    let photograph = try Raster(contentsOf: folder.path("photo.png"))
    let prepared = try Preprocessing(resize: .centerCrop(keeping: 1)).prepare(
      photograph, height: 16, width: 16, channels: 1)
    try folder.write(numbers: prepared.tensor.scalars, shape: [1, 16, 16], to: "grey.npy")
    #expect(try explain("grey.npy", "--model", "grey.onnx").score.value == grey.score.value)

    let model = try network(.vector(3, channels: 5), as: "many.onnx")
    let five = Tensor.ramp([5, 16, 16])
    try folder.write(numbers: five.scalars, shape: [1, 5, 16, 16], to: "five.npy")
    let report = try explain("five.npy", "--model", "many.onnx", "--target", "1", "--method", "gradient")
    let expected = try model.trace(five).logits.scalars[1]
    #expect(abs(report.score.value - expected) < 1e-5 && report.grid == [5, 16, 16])
    let refused = try refusal("explain", "photo.png", "--model", "many.onnx")
    #expect(refused.status == 65 && refused.says.contains("5 × 16 × 16"))

    try folder.write(NetworkFile.withContext(3).bytes, to: "two.onnx")
    try folder.write(numbers: [0, 0, 0, 0], shape: [1, 4], to: "nothing.npy")
    try folder.write(numbers: [1, 2, 3, 4], shape: [1, 4], to: "context.npy")
    let scores = try ["nothing.npy", "context.npy"].map {
      try explain("image.npy", "--model", "two.onnx", "--input", "context=\($0)", "--target", "2").score.value
    }
    let mixing = Tensor.scattered([4, 3], 0.73205).scalars
    let told: Float = mixing[2] + 2 * mixing[5] + 3 * mixing[8] + 4 * mixing[11]
    #expect(abs(scores[1] - scores[0] - told) < 1e-4)
    #expect(try refusal("explain", "image.npy", "--model", "two.onnx").says.contains("'context', to arrays (--input "))
  }
}
