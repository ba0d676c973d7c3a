import Foundation
import Images
import Tensors
import Testing

@Suite struct OutputTests {
  let folder: Folder

  init() throws {
    folder = try Folder()
    try folder.writePhotograph()
  }

  private func succeed(_ arguments: String...) throws -> Command.Run {
    let run = try Command.run(arguments, in: folder)
    #expect(run.status == 0, "\(arguments): \(run.errors)")
    return run
  }

  @Test(arguments: [("png", "\u{89}PNG"), ("jpg", "\u{FF}\u{D8}"), ("pdf", "%PDF"), ("svg", "<?xml")])
  func `The extension decides what a sheet is`(ending: String, signature: String) throws {
    _ = try succeed("compare", "photo.png", "--methods", "grad-cam,gradient", "-o", "sheet.\(ending)")
    #expect(try folder.bytes("sheet.\(ending)").starts(with: signature.unicodeScalars.map { UInt8($0.value) }))
  }

  @Test(arguments: ["png", "pdf", "svg"])
  func `The same command writes the same bytes twice`(ending: String) throws {
    for name in ["a", "b"] {
      _ = try succeed("compare", "photo.png", "--target", "top:2", "-o", "\(name).\(ending)")
    }
    #expect(try folder.bytes("a.\(ending)") == folder.bytes("b.\(ending)"))
  }

  @Test func `A full standard output is an error, and the file is made all the same`() throws {
    guard let full = FileHandle(forWritingAtPath: "/dev/full") else { return }
    for arguments in [["layers", "--json"], ["explain", "photo.png", "-o", "map.png"]] {
      let process = try Command.start(arguments, in: folder, output: full)
      process.waitUntilExit()
      #expect(process.terminationStatus == 73)
      #expect(try folder.text(".stderr").contains("standard output"))
    }
    #expect(folder.has("map.png"))
  }

  @Test func `A difference is told with its sign, a true minus`() throws {
    let outputs = try ["0 - 1", "1 - 0"].map {
      try succeed("explain", "photo.png", "--target", $0, "-o", "map.png").output
    }
    #expect(outputs.count { $0.contains("logits differ by −") } == 1)
    #expect(outputs.allSatisfy { $0.contains("logits differ by ") && !$0.contains("by -") })
  }

  @Test func `Without a name, results go to the current folder under names made of the input's`() throws {
    let compared = try succeed("compare", "photo.png", "--methods", "grad-cam")
    #expect(compared.output.contains("photo-compare.png"))
    _ = try succeed("explain", "photo.png", "--method", "grad-cam * gradient")
    #expect(try folder.contents == ["photo-compare.png", "photo-grad-cam-gradient.png", "photo.png"])
  }

  @Test(arguments: ["score-cam", "ablation-cam", "occlusion"]) func `The memory allowed changes no map`(
    method: String
  ) throws {
    _ = try succeed("explain", "photo.png", "--method", method, "-o", "free.npy")
    _ = try succeed("explain", "photo.png", "--method", method, "--memory", "1KB", "-o", "tight.npy")
    let (free, tight) = try (folder.array("free.npy"), folder.array("tight.npy"))
    let size = try #require(free.scalars.map { abs($0) }.max())
    #expect(size > 0)
    for (a, b) in zip(free.scalars, tight.scalars) { #expect(abs(a - b) < 1e-4 * size) }
  }

  @Test func `Without names only methods that share their passes are compared`() throws {
    let run = try succeed("compare", "photo.png", "--json")
    #expect(run.output.contains("\"grad-cam\"") && !run.output.contains("occlusion"))
    let all = try succeed("compare", "photo.png", "--methods", "all", "--json")
    for method in ["score-cam", "ablation-cam", "occlusion", "integrated-gradients", "grad-cam"] {
      #expect(all.output.contains("\"\(method)\""))
    }
  }

  @Test func `Integrated gradients tell how nearly they add up`() throws {
    let run = try succeed("explain", "photo.png", "--method", "integrated-gradients", "-o", "map.png")
    #expect(run.output.contains("Completeness: sum "))
    let report = try succeed("explain", "photo.png", "--method", "integrated-gradients", "--json").output
    #expect(report.contains("\"completeness\"") && report.contains("\"expected\""))
  }

  @Test func `The demo needs neither an image nor a network`() throws {
    let run = try succeed("compare", "--methods", "cam,grad-cam")
    #expect(run.output.contains("demo-compare.png"))
    let sheet = try Raster(contentsOf: folder.path("demo-compare.png"))
    #expect(sheet.width > 600 && sheet.height > 600)
    #expect(run.errors.isEmpty)
  }

  @Test func `Scenes for training go to a folder`() throws {
    _ = try succeed("scenes", "--count", "2", "--pairs", "--seed", "5", "--side", "32", "-o", "scenes/pair")
    #expect(try NumPyFile.read(contentsOf: folder.path("scenes/pair/images.npy")).shape == [2, 32, 32, 3])
    #expect(try NumPyFile.read(contentsOf: folder.path("scenes/pair/masks.npy")).shape == [2, 2, 128])
  }

  @Test func `An overlay has the photograph's own size`() throws {
    _ = try succeed("explain", "photo.png", "-o", "map.png")
    let overlay = try Raster(contentsOf: folder.path("map.png"))
    #expect((overlay.width, overlay.height) == (200, 140))
    #expect(overlay != (try Raster(contentsOf: folder.path("photo.png"))))
  }

  @Test func `No colour over the photograph leaves the photograph`() throws {
    _ = try succeed("explain", "photo.png", "--opacity", "0", "-o", "map.png")
    #expect(try Raster(contentsOf: folder.path("map.png")) == Raster(contentsOf: folder.path("photo.png")))
  }

  @Test func `A map has the layer's grid and pixels have the input's shape`() throws {
    _ = try succeed("explain", "photo.png", "-o", "map.npy")
    let report = try report("explain", "photo.png")
    #expect(try folder.array("map.npy").shape == report.grid)
    #expect(report.grid?.count == 2)
    #expect(report.grid == report.layer.map { Array($0.shape.suffix(2)) })
    _ = try succeed("explain", "photo.png", "--method", "gradient", "-o", "pixels.npy")
    #expect(try folder.array("pixels.npy").shape == report.model.input.shape)
  }

  @Test func `A report's range is that of the array`() throws {
    _ = try succeed("explain", "photo.png", "--method", "gradient", "-o", "map.npy")
    let report = try report("explain", "photo.png", "--method", "gradient")
    let values = try folder.array("map.npy").scalars
    #expect(report.range?.minimum == values.min())
    #expect(report.range?.maximum == values.max())
    #expect(values.contains { $0 < 0 } && values.contains { $0 > 0 })
  }

  @Test func `A report says everything about an attribution`() throws {
    let report = try report("explain", "photo.png", "--method", "guided-backprop", "--target", "house - star")
    #expect(report.image == "photo.png")
    #expect(report.model.file == "demo")
    #expect(report.model.classes >= 8)
    #expect(report.predictions.count == 5)
    #expect(zip(report.predictions, report.predictions.dropFirst()).allSatisfy { $0.probability >= $1.probability })
    #expect(report.target.label == "house")
    #expect(report.target.contrastLabel == "star")
    #expect(report.method.expression == "guided-backprop")
    #expect(report.guided.map { $0.crossed > 0 && $0.crossed <= $0.activations } == true)
    #expect(report.status == "ok")
    #expect(report.preprocessing?.fit == "stretch")
  }

  @Test func `The value of a difference is the difference of the logits`() throws {
    func value(_ target: String) throws -> Float { try report("explain", "photo.png", "--target", target).score.value }
    #expect(abs(try value("house - star") - (value("house") - value("star"))) < 1e-4)
  }

  @Test func `The probability score is the probability`() throws {
    let report = try report("explain", "photo.png", "--score", "probability", "--target", "house")
    #expect(report.score.kind == "probability")
    #expect(abs(report.score.value - report.target.probability) < 1e-6)
  }

  @Test func `Reports differ in nothing but their timings`() throws {
    func withoutTimings() throws -> String {
      let run = try succeed("explain", "photo.png", "--json")
      var object = try #require(try JSONSerialization.jsonObject(with: Data(run.output.utf8)) as? [String: Any])
      #expect(object.removeValue(forKey: "timings") != nil)
      return String(
        decoding: try JSONSerialization.data(withJSONObject: object, options: .sortedKeys), as: UTF8.self)
    }
    #expect(try withoutTimings() == withoutTimings())
  }

  @Test func `A comparison's report is a list, one per image, target and method`() throws {
    try folder.writePhotograph("other.png")
    _ = try succeed(
      "compare", "photo.png", "other.png", "--target", "top:2", "--methods", "grad-cam,cam,random", "-o", "all.json")
    let reports = try JSONDecoder().decode([Report].self, from: Data(folder.bytes("all.json")))
    #expect(reports.count == 2 * 2 * 3)
    #expect(reports.allSatisfy { $0.error == nil })
  }

  @Test func `A layer on the command line reaches the methods that were given none`() throws {
    let run = try succeed("layers", "--json", "--spatial")
    struct Layers: Decodable {
      let layers: [Report.Layer]
      let automatic: Automatic
      struct Automatic: Decodable { let name: String, reason: String }
    }
    let layers = try JSONDecoder().decode(Layers.self, from: Data(run.output.utf8))
    let first = try #require(layers.layers.dropFirst().first { $0.name != layers.automatic.name })
    let report = try report("explain", "photo.png", "--layer", first.name)
    #expect(report.layer?.name == first.name)
    let own = try self.report(
      "explain", "photo.png", "--layer", first.name, "--method", "grad-cam(layer=\"\(layers.automatic.name)\")")
    #expect(own.layer?.name == layers.automatic.name)
  }

  @Test func `What the network itself received explains the same as the photograph`() throws {
    // Full size for the network, so that preparing it only rescales numbers.
    let side = try report("explain", "photo.png").model.input.shape[1]
    var photograph = Raster(width: side, height: side, fill: (90, 140, 200))
    for y in side / 4..<side / 2 { for x in side / 4..<side / 2 { photograph[x, y] = (UInt8(x), 30, UInt8(y)) } }
    try folder.write(photograph.pngData(), to: "square.png")
    let recipe = try #require(try report("explain", "square.png").preprocessing)
    var numbers: [Float] = []
    for channel in 0..<3 {
      for position in 0..<side * side {
        let sample = Float(photograph.samples[3 * position + channel])
        let mean = recipe.mean[recipe.mean.count == 1 ? 0 : channel],
          std = recipe.std[recipe.std.count == 1 ? 0 : channel]
        numbers.append((sample * recipe.scale - mean) / std)
      }
    }
    try folder.write(numbers: numbers, shape: [1, 3, side, side], to: "input.npy")
    let (a, b) = try (report("explain", "square.png"), report("explain", "input.npy"))
    #expect(abs(a.score.value - b.score.value) < 1e-4)
    #expect(b.preprocessing == nil)
    _ = try succeed("compare", "input.npy", "--methods", "grad-cam,gradient", "-o", "sheet.png")
  }

  private func report(_ arguments: String...) throws -> Report {
    let run = try Command.run(arguments + ["--json"], in: folder)
    #expect(run.status == 0, "\(arguments): \(run.errors)")
    return try JSONDecoder().decode(Report.self, from: Data(run.output.utf8))
  }
}
