import AttributionKit
import Foundation
import GraphAdapter
import Images
import ONNXFiles
import ONNXImport
import Tensors
import TestSupport
import Testing

/// What is said of an output's numbers, and what is explained then; several images at a time.
@Suite struct AnswerKindTests {
  let folder: Folder
  let image = Tensor.ramp([3, 16, 16])

  init() throws {
    folder = try Folder()
    try folder.write(numbers: image.scalars, shape: image.shape, to: "image.npy")
    try folder.write(numbers: Tensor.ramp([3, 16, 16], phase: 0.7).scalars, shape: image.shape, to: "other.npy")
    try folder.writePhotograph()
  }

  struct Explained: Decodable {
    let model: Model, target: Target, score: Report.Score
    struct Model: Decodable { let output: [Int] }
    struct Target: Decodable { let index: Int?, side: String?, probability: Float?, region: String? }
  }

  private func run(_ arguments: String...) throws -> Command.Run { try Command.run(arguments, in: folder) }

  private func explain(_ arguments: String...) throws -> Explained {
    let run = try Command.run(["explain", "--json"] + arguments, in: folder)
    #expect(run.status == 0, "\(arguments): \(run.errors)")
    return try JSONDecoder().decode(Explained.self, from: Data(run.output.utf8))
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
    return try GraphModel(ONNXModel(decoding: file.bytes).graph(output: file.outputs[0]))
  }

  struct Numbers: Decodable {
    let link: String?, predictions: [Number], notes: [String]?
    struct Number: Decodable { let index: Int, label: String?, value: Float?, logit: Float?, probability: Float? }
  }

  private func numbers(_ arguments: String...) throws -> Numbers {
    let run = try Command.run(["predict", "--json"] + arguments, in: folder)
    #expect(run.status == 0, "\(arguments): \(run.errors)")
    return try JSONDecoder().decode([Numbers].self, from: Data(run.output.utf8))[0]
  }

  @Test func `a regression's numbers are numbers, without probabilities, ranks or sides`() throws {
    let values = try network(.vector(7)).trace(image).logits.scalars
    let net = ["image.npy", "--model", "net.onnx"]
    let told = try run("predict", "image.npy", "--model", "net.onnx")
    #expect(told.errors.contains("no softmax or sigmoid") && told.errors.contains("--answer"), "\(told.errors)")
    let answer = try numbers("image.npy", "--model", "net.onnx", "--answer", "numbers")
    #expect(answer.link == nil && answer.predictions.map(\.index) == Array(0..<7))
    #expect(answer.predictions.allSatisfy { $0.probability == nil && $0.logit == nil })
    #expect(zip(answer.predictions, values).allSatisfy { abs(($0.value ?? .nan) - $1) < 1e-5 })
    let table = try run("predict", "image.npy", "--model", "net.onnx", "--answer", "numbers")
    #expect(!table.output.contains("%") && !table.errors.contains("note"), "\(table.output)\(table.errors)")
    // One by number, either way around, or a difference.
    let pixels = ["--method", "gradient", "--answer", "numbers", "--target"]
    func map(_ target: String) throws -> Tensor {
      let run = try Command.run(["explain", "-o", "map.npy"] + net + pixels + [target], in: folder)
      #expect(run.status == 0 && !run.output.contains("%"), "\(target): \(run.output)\(run.errors)")
      return try folder.array("map.npy")
    }
    let (up, down) = (try map("1"), try map("-1"))
    #expect(up == -down && up.scalars.contains { $0 != 0 })
    let difference = try map("1 - 2"), other = try map("2")
    #expect(zip(difference.scalars, zip(up.scalars, other.scalars)).allSatisfy { abs($0 - ($1.0 - $1.1)) < 1e-5 })
    let report = try explain(
      "image.npy", "--model", "net.onnx", "--answer", "numbers", "--target", "-1", "--method", "gradient")
    #expect(report.score.kind == "number" && abs(report.score.value + values[1]) < 1e-5)
    #expect(report.target.probability == nil && report.target.index == 1)
    for target in [[], ["--target", "top:2"], ["--target", "7"], ["--target", "-7"], ["--target", "-0 - 1"]] {
      let run = try Command.run(["explain"] + net + ["--answer", "numbers"] + target, in: folder)
      #expect(run.status == 64 || run.status == 65, "\(target): \(run.errors)")
    }
    #expect(
      try refusal("explain", "--score", "probability", "-t", "1", "--answer", "numbers", "image.npy", "-m", "net.onnx")
        .status == 65)
  }

  @Test func `numbers are called by the names of a file, and a manifest can say that they are numbers`() throws {
    try network(.vector(2, sigmoid: true))
    try folder.write(#"{"answer": "numbers", "labels": "names.txt"}"#, to: "net.limn.json")
    try folder.write("age\nweight\n", to: "names.txt")
    let answer = try numbers("image.npy", "--model", "net.onnx")
    #expect(answer.predictions.map(\.label) == ["age", "weight"])
    // The sigmoid at the end is part of the function.
    #expect(answer.predictions.allSatisfy { (0...1).contains($0.value ?? -1) })
    let one = try run("explain", "image.npy", "--model", "net.onnx", "-t", "-age")
    #expect(one.status == 0 && one.output.contains("Target: −age"), "\(one.output)\(one.errors)")
    let sheet = try run("compare", "image.npy", "--model", "net.onnx", "-t", "age", "-t", "-weight", "-o", "sheet.svg")
    #expect(sheet.status == 0 && sheet.output.contains("age 0."), "\(sheet.output)\(sheet.errors)")
    try folder.write("a\nb\nc\n", to: "names.txt")
    #expect(
      try refusal("predict", "image.npy", "--model", "net.onnx").says.contains("has 3 names and the network 2 numbers"))
  }

  @Test func `a single number has no sides, and numbers at each place are explained everywhere`() throws {
    let value = try network(.vector(1)).trace(image).logits.scalars[0]
    let one = try explain("image.npy", "--model", "net.onnx", "--answer", "numbers", "--method", "gradient")
    #expect(abs(one.score.value - value) < 1e-5 && one.target.side == nil)
    try network(.segmentation(1), as: "depth.onnx")
    let depth = try explain(
      "image.npy", "--model", "depth.onnx", "--answer", "numbers", "--method", "gradient", "--logits", "y")
    #expect(depth.target.region == "all" && depth.model.output == [1, 8, 8])
    let region = ["image.npy", "--model", "depth.onnx", "--answer", "numbers", "--logits", "y", "--region"]
    #expect(try Command.run(["explain"] + region + ["predicted"], in: folder).status == 64)
    #expect(try Command.run(["explain"] + region + ["0,0,8,8", "-o", "map.npy"], in: folder).status == 0)
    #expect(try Command.run(["predict"] + region + ["0,0,8,8"], in: folder).status == 0)
  }

  @Test func `classes of which several may be right have a sigmoid each`() throws {
    try network(.vector(3))
    let run = try run("predict", "image.npy", "--model", "net.onnx", "--answer", "multilabel", "--json")
    #expect(run.output.contains(#""link" : "sigmoid""#) && !run.errors.contains("note"), "\(run.errors)")
  }

  @Test func `several images are explained, a file each, and a bad one is left out`() throws {
    try network(.vector(3))
    let net = ["--model", "net.onnx", "--target", "1", "--method", "gradient"]
    try folder.write("no array", to: "bad.npy")
    func explain(_ arguments: String...) throws -> Command.Run {
      try Command.run(["explain", "image.npy", "bad.npy", "other.npy"] + arguments + net, in: folder)
    }
    let named = try explain("-o", "m-{}.npy")
    #expect(named.status == 65 && named.errors.contains("bad.npy is left out"), "\(named.errors)")
    #expect(named.errors.contains("1 of 3 pictures could not be used"))
    let maps = try ["m-image.npy", "m-other.npy"].map { try folder.array($0) }
    #expect(maps[0] != maps[1] && !folder.has("m-bad.npy"))
    #expect(try Command.run(["explain", "image.npy", "-o", "map.npy"] + net, in: folder).status == 0)
    #expect(try folder.array("map.npy") == maps[0])
    try FileManager.default.createDirectory(atPath: folder.path("maps"), withIntermediateDirectories: true)
    #expect(try explain("-o", "maps").status == 65 && folder.has("maps/other-gradient.png"))
    #expect(try explain().status == 65 && folder.has("image-gradient.png"))
    let json = try explain("--json")
    let reports = try JSONDecoder().decode([Explained].self, from: Data(json.output.utf8))
    #expect(reports.count == 2)
    #expect(try explain("-o", "map.npy").status == 64)
    #expect(try Command.run(["explain", "bad.npy", "none.npy"] + net, in: folder).errors.contains("none of the 2"))
    // Images of one name do not replace each other, and a class that is not there is no picture's fault.
    try folder.write(Data(folder.bytes("other.npy")), to: "maps/image.npy")
    #expect(
      try Command.run(["explain", "image.npy", "maps/image.npy", "-o", "n-{}.npy"] + net, in: folder).status == 0)
    #expect(try folder.array("n-image.npy") == maps[0] && folder.array("n-image-2.npy") == maps[1])
    let absent = try Command.run(["explain", "image.npy", "other.npy", "-m", "net.onnx", "-t", "9"], in: folder)
    #expect(absent.status == 65 && !absent.errors.contains("left out"), "\(absent.errors)")
  }

  @Test func `a photograph of which less than half is seen is told`() throws {
    try network(.vector(3))
    try folder.write(Raster(width: 300, height: 60, fill: (90, 120, 200)).pngData(), to: "wide.png")
    let cropped = try run("predict", "wide.png", "--model", "net.onnx", "--preset", "unit")
    #expect(cropped.errors.contains("sees 20.0 % of wide.png") && cropped.errors.contains("--fit"), "\(cropped.errors)")
    for fit in ["stretch", "letterbox"] {
      #expect(
        try !run("predict", "wide.png", "--model", "net.onnx", "--preset", "unit", "--fit", fit).errors.contains("sees")
      )
    }
    #expect(try !run("predict", "photo.png", "--model", "net.onnx", "--preset", "unit").errors.contains("sees"))
  }

  @Test func `init says what numbers are taken for, and keeps what a manifest has said`() throws {
    try network(.vector(3))
    let first = try run("init", "--model", "net.onnx", "--answer", "numbers")
    #expect(
      first.status == 0 && first.output.contains("3 numbers, of which --target names one"),
      "\(first.output)\(first.errors)")
    var manifest = try folder.text("net.limn.json")
    #expect(manifest.contains(#""answer" : "numbers""#))
    manifest = manifest.replacingOccurrences(
      of: "{\n", with: "{\n\"lambdas\": {\"lambda_1\": \"x / 2\"},\n", options: .anchored)
    try folder.write(manifest, to: "net.limn.json")
    #expect(try run("init", "--model", "net.onnx", "--force", "--preset", "tf").status == 0)
    let again = try folder.text("net.limn.json")
    #expect(again.contains("lambda_1") && again.contains(#""answer" : "numbers""#), "\(again)")
    try network(.vector(1), as: "one.onnx")
    #expect(try run("init", "--model", "one.onnx").output.contains("if it is a measure"))
  }

  @Test func `any value inside of the network can be explained`() throws {
    try network(.vector(3))
    let inner = try run("predict", "image.npy", "--model", "net.onnx", "--logits", "flat")
    #expect(inner.status == 0 && inner.errors.contains("'flat' is no output"), "\(inner.errors)")
    let none = try refusal("predict", "image.npy", "--model", "net.onnx", "--logits", "flatter")
    #expect(none.status == 65 && none.says.contains("its outputs are 0 y (--logits)"))
  }

  @Test func `a folder's description says that numbers are a regression's, and what is said otherwise goes before`()
    throws
  {
    try FileManager.default.createDirectory(atPath: folder.path("saved"), withIntermediateDirectories: false)
    try network(.vector(3), as: "saved/model.onnx")
    try folder.write(
      #"{"model_type": "vit", "problem_type": "regression", "id2label": {"0": "a", "1": "b", "2": "c"}}"#,
      to: "saved/config.json")
    let told = try run("predict", "photo.png", "--model", "saved")
    #expect(told.status == 0 && told.errors.contains("trained as a regression"), "\(told.errors)")
    let answer = try numbers("image.npy", "--model", "saved/model.onnx")
    #expect(answer.link == nil && answer.predictions.map(\.label) == ["a", "b", "c"])
    #expect(try numbers("image.npy", "--model", "saved", "--answer", "classes").link == "softmax")
  }

  @Test func `names from files never steer the terminal`() throws {
    try network(.vector(2))
    try folder.write("\u{1B}[31mcat\n\u{202E}god\n", to: "names.txt")
    let told = try run("predict", "photo.png", "--model", "net.onnx", "--labels", "names.txt")
    #expect(told.status == 0 && told.output.contains("␛[31mcat") && told.output.contains("\u{FFFD}god"))
    var named = ONNXFile.vector(2)
    named.metadata = ["names": #"["\u009B2J", "b"]"#]
    try folder.write(named.bytes, to: "named.onnx")
    let own = try run("predict", "photo.png", "--model", "named.onnx", "--labels", "names.txt")
    #expect(own.errors.contains("names.txt is followed"), "\(own.errors)")
    for text in [told.output, told.errors, own.output, own.errors] {
      #expect(!text.unicodeScalars.contains { $0.value == 0x1B || $0.value == 0x9B || $0.value == 0x202E })
    }
  }
}
