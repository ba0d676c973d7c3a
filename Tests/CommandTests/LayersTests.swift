import Foundation
import TestSupport
import Testing

/// `limn layers`, as a script reads it.
@Suite struct LayersTests {
  let folder: Folder

  init() throws { folder = try Folder() }

  struct Layers: Decodable {
    let image: String?
    let automatic: Automatic
    let layers: [Line]

    struct Automatic: Decodable { let name: String, reason: String }
    struct Line: Decodable {
      let name: String, shape: [Int], grid: [Int]?, suitability: String, gradientNorm: Float?
    }

    func line(_ name: String) -> Line? { layers.first { $0.name == name } }
  }

  private func layers(_ arguments: String...) throws -> Layers {
    let run = try Command.run(["layers", "--json"] + arguments, in: folder)
    #expect(run.status == 0, "\(run.errors)")
    return try JSONDecoder().decode(Layers.self, from: Data(run.output.utf8))
  }

  @Test func `The demo network is shown a scene, and every layer's gradient with it`() throws {
    let shown = try layers()
    #expect(shown.image != nil)
    #expect(!shown.layers.contains { $0.gradientNorm == nil })
    let automatic = try #require(shown.line(shown.automatic.name))
    #expect(automatic.suitability == "suitable")
    #expect(automatic.grid == Array(automatic.shape.dropFirst()))
    #expect(try #require(automatic.gradientNorm) > 0)
    // The score's derivative by the scores themselves is one.
    #expect(shown.layers.last?.gradientNorm == 1)
    #expect(shown.layers.last?.suitability == "not spatial")
    let spatial = try layers("--spatial")
    #expect(spatial.layers.map(\.name) == shown.layers.filter { $0.grid != nil }.map(\.name))
  }

  @Test func `The table is as long as the report and marks the default`() throws {
    let run = try Command.run(["layers"], in: folder)
    let name = try layers().automatic.name
    #expect(run.output.split(separator: "\n").count { $0.hasPrefix("→") && $0.contains(" \(name) ") } == 1)
    #expect(run.output.contains("Gradient") && run.output.contains("Default: \(name), "))
  }

  @Test(.enabled(if: TestData.isAvailable, "\(TestData.remedy)"))
  func `Tokens out of reach are named as such, and refused with an earlier layer`() throws {
    let data = "reference/networks/timm-vit"
    let (image, model) = try (TestData.file("\(data)/input.npy").path, TestData.file("\(data)/model.onnx").path)
    let shown = try layers(image, "--model", model)
    #expect(shown.automatic.name == "layer_norm_10")
    let (last, chosen) = try (#require(shown.line("layer_norm_12")), #require(shown.line("layer_norm_10")))
    #expect(last.suitability == "out of reach" && last.gradientNorm == 0)
    #expect(chosen.suitability == "suitable" && chosen.shape == [101, 64] && chosen.grid == [10, 10])
    #expect(try layers("--model", model).line("layer_norm_10")?.gradientNorm == nil)
    let run = try Command.run(["explain", image, "--model", model, "--layer", "layer_norm_12"], in: folder)
    #expect(run.status == 65)
    #expect(run.errors.contains("'layer_norm_12'") && run.errors.contains("such as 'layer_norm_10'"))
  }
}
