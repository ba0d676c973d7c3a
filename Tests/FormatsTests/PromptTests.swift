import AttributionKit
import Formats
import Foundation
import Kernels
import NetworkDefinitions
import ONNXFiles
import Tensors
import TestSupport
import Testing

/// Classes that are told by texts, in folders whose networks have a half for them.
@Suite struct PromptTests {
  let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  struct Reference: Decodable {
    let name: String
    let settings: JSONValue
    let shapes: [String: [Int]]
  }

  private static let fixtures = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().appendingPathComponent("Fixtures")

  /// A folder as transformers save it: weights of our own for a small network's names and shapes, and a small tokenizer.
  private func write(_ name: String, _ configuration: String, tokenizer: String, vocabulary: Int) throws -> String {
    let all = try JSONDecoder().decode(
      [Reference].self, from: Data(contentsOf: Self.fixtures.appendingPathComponent("texts.json")))
    var shapes = try #require(all.first { $0.name == name }).shapes
    for table in ["text_model.embeddings.token_embedding.weight", "token_embedding.weight"] {
      shapes[table]?[0] = vocabulary
    }
    for places in ["text_model.embeddings.position_embedding.weight", "positional_embedding"] {
      shapes[places]?[0] = 16
    }
    if name == "siglip" {
      // Both halves make as many numbers.
      (shapes["text_model.head.weight"], shapes["text_model.head.bias"]) = ([16, 32], [16])
    }
    let tensors = Dictionary(
      uniqueKeysWithValues: shapes.map { entry in
        (entry.key, Tensor.scattered(entry.value, 0.618 + Float(entry.key.utf8.count % 11) * 0.013).map { 0.3 * $0 })
      })
    try folder.write(safetensors(tensors), to: "model.safetensors")
    let files = Self.fixtures.appendingPathComponent("Tokenizers/\(tokenizer)")
    for file in try FileManager.default.contentsOfDirectory(atPath: files.path) where file != "expected.json" {
      try folder.write(Data(contentsOf: files.appendingPathComponent(file)), to: file)
    }
    return try folder.write(configuration, to: "config.json")
  }

  private static let vision = """
    "vision_config": {"hidden_size": 16, "num_attention_heads": 1, "image_size": 16, "patch_size": 8}
    """

  private func clip() throws -> String {
    try write(
      "clip",
      """
      {"model_type": "clip", \(Self.vision), "text_config": {"num_attention_heads": 2, "eos_token_id": 2}}
      """, tokenizer: "clip", vocabulary: 700)
  }

  private let image = Tensor.ramp([3, 16, 16])

  /// A network's embedding of the image, and of texts.
  private func embeddings(_ path: String, _ tokens: [[Int]]) throws -> (image: [Float], texts: [[Float]]) {
    let opened = try HuggingFaceFormat().open(ModelRequest(path: path))
    let weights = try WeightFile(folder.path("model.safetensors"))
    let json = try JSONDecoder().decode(JSONValue.self, from: Data(contentsOf: URL(fileURLWithPath: path)))
    let tower = try #require(try TextTower(of: weights, told: json["text_config"]))
    let rows = try tower.embeddings(of: tokens, padding: (0, false)).tensor
    let count = rows.shape[1]
    let texts = (0..<rows.shape[0]).map { row in Array(rows.scalars[row * count..<(row + 1) * count]) }
    return (try opened.model.trace(image).logits.scalars, texts)
  }

  private func cosine(_ a: [Float], _ b: [Float]) -> Float {
    func dot(_ x: [Float], _ y: [Float]) -> Float { zip(x, y).reduce(0) { $0 + $1.0 * $1.1 } }
    return dot(a, b) / (dot(a, a) * dot(b, b)).squareRoot()
  }

  /// The tokens that the library has for a text, of the small tokenizer's own cases.
  private func tokens(_ tokenizer: String, _ text: String) throws -> [Int] {
    struct Line: Decodable {
      let text: String
      let tokens: [Int]
    }
    let url = Self.fixtures.appendingPathComponent("Tokenizers/\(tokenizer)/expected.json")
    return try #require(try JSONDecoder().decode([Line].self, from: Data(contentsOf: url)).first { $0.text == text })
      .tokens
  }

  @Test func `the score of a text is its cosine times what the network has learned`() throws {
    let path = try clip(), texts = ["a photo of a dog", "a photo of a cat", "it's a drawing of a bird"]
    let (image, vectors) = try embeddings(path, texts.map { try tokens("clip", $0) })
    let scale = try #require(try WeightFile(folder.path("model.safetensors")).learnedComparison).scale
    for start in [path, folder.path("model.safetensors")] {
      let format: any PromptFormat = start == path ? HuggingFaceFormat() : WeightsFormat()
      let opened = try format.open(ModelRequest(path: start), prompts: Prompts(texts))
      let scores = try opened.model.trace(self.image).logits.scalars
      for (score, vector) in zip(scores, vectors) { #expect(abs(score - scale * cosine(image, vector)) < 1e-4) }
      #expect(opened.classNames == texts && opened.model.explained.link == .softmax)
      #expect(opened.notes.contains { $0.sentence.contains("as the network has learned") })
    }
  }

  @Test func `a template stands for each name, and of several the mean direction is taken`() throws {
    let path = try clip()
    let templates = ["a photo of a {}", "a bad photo of a {}"], names = ["dog", "car"]
    func scores(_ texts: [String], _ names: [String]? = nil, _ image: Tensor) throws -> [Float] {
      let opened = try HuggingFaceFormat().open(ModelRequest(path: path), prompts: Prompts(texts, names: names))
      #expect(opened.classNames == names ?? texts)
      return try opened.model.trace(image).logits.scalars
    }
    // s·e·(u + v)/|u + v| is the sum of both scores divided by a length that no image changes.
    let ratios = try [image, Tensor.ramp([3, 16, 16], phase: 0.7)].map { image in
      let (first, second) = (try scores([templates[0]], names, image), try scores([templates[1]], names, image))
      return zip(try scores(templates, names, image), zip(first, second)).map { $0 / ($1.0 + $1.1) }
    }
    for (one, other) in zip(ratios[0], ratios[1]) { #expect(abs(one - other) < 1e-3 && one >= 0.499) }
    let one = try HuggingFaceFormat().open(
      ModelRequest(path: path), prompts: Prompts(["a photo of a {}"], names: ["dog", "cat"]))
    #expect(try one.model.trace(image).logits.scalars == scores(["a photo of a dog", "a photo of a cat"], nil, image))
    let error = #expect(throws: ModelFileError.self) {
      try HuggingFaceFormat().open(ModelRequest(path: path), prompts: Prompts(["a {}", "a dog"], names: ["x", "y"]))
    }
    #expect("\(error!)".contains("'{}'"))
    let nameless = #expect(throws: ModelFileError.self) {
      try HuggingFaceFormat().open(ModelRequest(path: path), prompts: Prompts(["a {}"]))
    }
    #expect(nameless?.setting == Setting("labels"))
  }

  @Test func `SigLIP's texts are questions of their own, of which one is enough`() throws {
    let path = try write(
      "siglip",
      """
      {"model_type": "siglip", \(Self.vision), "text_config": {"num_attention_heads": 2, "hidden_act": "gelu_pytorch_tanh"}}
      """, tokenizer: "spiece", vocabulary: 100)
    let texts = ["a photo of a dog", "a photo of a cat"]
    let (image, vectors) = try embeddings(
      path,
      texts.map { text in
        let row = try tokens("spiece", text)
        return row + Array(repeating: 1, count: 16 - row.count)
      })
    let learned = try #require(try WeightFile(folder.path("model.safetensors")).learnedComparison)
    let bias = try #require(learned.bias)
    let opened = try HuggingFaceFormat().open(ModelRequest(path: path), prompts: Prompts(texts))
    let scores = try opened.model.trace(self.image).logits.scalars
    for (score, vector) in zip(scores, vectors) {
      #expect(abs(score - learned.scale * cosine(image, vector) - bias) < 1e-4)
    }
    #expect(opened.model.explained.link == .sigmoid)
    let one = try HuggingFaceFormat().open(ModelRequest(path: path), prompts: Prompts([texts[0]]))
    #expect(try abs(one.model.trace(self.image).logits.scalars[0] - scores[0]) < 1e-5)
  }

  @Test func `a text that is too long is cut, and said to be`() throws {
    let long = Array(repeating: "dog", count: 40).joined(separator: " ")
    let opened = try HuggingFaceFormat().open(ModelRequest(path: clip()), prompts: Prompts(["a cat", long]))
    #expect(opened.notes.contains { $0.sentence.contains("the network takes 16") })
  }

  @Test func `where texts cannot become vectors, the way out is said`() throws {
    let path = try clip()
    func refusal(_ format: any PromptFormat, _ path: String) -> String {
      do {
        _ = try format.open(ModelRequest(path: path), prompts: Prompts(["a dog", "a cat"]))
        return ""
      } catch { return "\(error)" }
    }
    for name in ["tokenizer.json", "vocab.json", "merges.txt"] {
      try FileManager.default.removeItem(atPath: folder.path(name))
    }
    let tokenless = refusal(HuggingFaceFormat(), path)
    #expect(tokenless.contains("holds no tokenizer") && tokenless.contains("give the vectors"))
    let alone = try TemporaryFolder()
    let image = try alone.write(ONNXFile.vector(10).leavingBatchOpen().bytes, to: "net.onnx")
    #expect(refusal(ONNXFormat(), image).contains("are not beside it"))
  }

  @Test func `an exported half for images has classes by the weights beside it`() throws {
    let path = try clip(), texts = ["a photo of a dog", "a photo of a cat"]
    let exported = try folder.write(ONNXFile.vector(10).leavingBatchOpen().bytes, to: "net.onnx")
    let opened = try ONNXFormat().open(ModelRequest(path: exported), prompts: Prompts(texts))
    let image = try ONNXFormat().open(ModelRequest(path: exported)).model.trace(image).logits.scalars
    let (_, vectors) = try embeddings(path, texts.map { try tokens("clip", $0) })
    let scale = try #require(try WeightFile(folder.path("model.safetensors")).learnedComparison).scale
    let scores = try opened.model.trace(self.image).logits.scalars
    for (score, vector) in zip(scores, vectors) { #expect(abs(score - scale * cosine(image, vector)) < 1e-4) }
    #expect(opened.classNames == texts)
  }

  @Test func `OpenCLIP's folder says the same in its own words`() throws {
    let path = try write("openclip", "{}", tokenizer: "clip", vocabulary: 700)
    try FileManager.default.removeItem(atPath: path)
    let weights = folder.path("open_clip_model.safetensors")
    try FileManager.default.moveItem(atPath: folder.path("model.safetensors"), toPath: weights)
    try folder.write(
      """
      {"model_cfg": {"embed_dim": 10, "vision_cfg": {"width": 64, "image_size": 16}, "text_cfg": {"heads": 2}},
       "preprocess_cfg": {"mean": [0.5, 0.4, 0.3], "std": [0.2, 0.3, 0.4], "resize_mode": "squash"}}
      """, to: "open_clip_config.json")
    let opened = try WeightsFormat().open(ModelRequest(path: weights), prompts: Prompts(["a dog", "a cat"]))
    #expect(opened.model.input.shape == [3, 16, 16] && opened.classNames == ["a dog", "a cat"])
    #expect(opened.preprocessing?.mean == [0.5, 0.4, 0.3] && opened.preprocessing?.resize == .exact)
    #expect(opened.model.explained.link == .softmax)
  }
}
