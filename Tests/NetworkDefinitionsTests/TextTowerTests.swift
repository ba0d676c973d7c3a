import Foundation
import Kernels
import NetworkDefinitions
import TestSupport
import Testing

/// Embeddings of texts, against those of the libraries; `Tests/Tools/text_references.py` writes them.
@Suite struct TextTowerTests {
  struct Reference: Decodable {
    let name: String
    let settings: JSONValue
    let shapes: [String: [Int]]
    let tokens: [[Int]]
    let scale: Double
    let bias: Double?
    /// In double precision.
    let embeddings: [[Double]]
  }

  static let references: [Reference] = {
    let url = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .appendingPathComponent("Fixtures/texts.json")
    return (try? JSONDecoder().decode([Reference].self, from: Data(contentsOf: url))) ?? []
  }()

  private func file(_ shapes: [String: [Int]], in folder: TemporaryFolder) throws -> WeightFile {
    let tensors = Dictionary(uniqueKeysWithValues: shapes.map { ($0, RecognitionTests.weights($0, $1)) })
    return try WeightFile(folder.write(safetensors(tensors), to: "model.safetensors"))
  }

  @Test func `the references are there`() { #expect(Self.references.count == 4) }

  @Test(arguments: references.map(\.name)) func `a text has its library's embedding`(name: String) throws {
    let reference = try #require(Self.references.first { $0.name == name })
    let folder = try TemporaryFolder()
    let weights = try file(reference.shapes, in: folder)
    let tower = try #require(try TextTower(of: weights, told: reference.settings))
    let embeddings = try tower.embeddings(of: reference.tokens, padding: (1, false))
    #expect(embeddings.shape == [reference.tokens.count, reference.embeddings[0].count])
    let expected = reference.embeddings.flatMap(\.self), scale = try #require(expected.map(abs).max())
    for (ours, theirs) in zip(embeddings.scalars, expected) { #expect(abs(Double(ours) - theirs) <= 1e-5 * scale) }
    let learned = try #require(weights.learnedComparison)
    #expect(abs(Double(learned.scale) - reference.scale) < 1e-6 && learned.bias.map(Double.init) == reference.bias)
  }

  @Test func `texts of any number and length have the embeddings that each has alone`() throws {
    let folder = try TemporaryFolder()
    let reference = try #require(Self.references.first { $0.name == "clip" })
    let tower = try #require(try TextTower(of: file(reference.shapes, in: folder), told: reference.settings))
    let texts = (0..<19).map { index in [56] + Array(repeating: index + 2, count: index % 7) + [57] }
    let all = try tower.embeddings(of: texts, padding: (57, false)).scalars
    for (index, text) in texts.enumerated() {
      let alone = try tower.embeddings(of: [text], padding: (0, false)).scalars
      for (one, other) in zip(alone, all[10 * index..<10 * index + 10]) { #expect(abs(one - other) < 1e-4) }
    }
    #expect(!tower.isPadded && tower.context == 12 && tower.vocabulary == 60)
  }

  @Test func `tensors that are missing are named, and weights without texts have none`() throws {
    let folder = try TemporaryFolder()
    let reference = try #require(Self.references.first { $0.name == "siglip" })
    var shapes = reference.shapes
    shapes["text_model.encoder.layers.1.mlp.fc2.bias"] = nil
    let error = #expect(throws: NetworkError.self) {
      try TextTower(of: file(shapes, in: folder), told: reference.settings)
    }
    #expect("\(error!)".contains("text tower") && "\(error!)".contains("blocks.1.mlp.fc2.bias"))
    let images = reference.shapes.filter { !$0.key.hasPrefix("text_") }
    #expect(try TextTower(of: file(images, in: folder)).map(\.context) == nil)
    let tower = try #require(try TextTower(of: file(reference.shapes, in: folder), told: reference.settings))
    #expect(throws: NetworkError.self) { try tower.embeddings(of: [[60]], padding: (1, false)) }
  }
}
