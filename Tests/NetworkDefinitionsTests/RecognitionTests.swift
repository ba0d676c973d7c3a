import Foundation
import GraphEngine
import Kernels
import NetworkDefinitions
import TestSupport
import Tensors
import Testing

/// Networks that are told by the names and shapes of their weights, against numbers of the libraries they are from.
@Suite struct RecognitionTests {
  /// A small network as a library saves it; `Tests/Tools/recognition_references.py` writes them.
  struct Reference: Decodable {
    let name: String
    /// Its type or architecture, where the library says it beside the weights.
    let told: String?
    let settings: JSONValue?
    let size: Int
    let shapes: [String: [Int]]
    /// In double precision.
    let logits: [Double]
  }

  static let references: [Reference] = {
    let url = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .appendingPathComponent("Fixtures/recognition.json")
    return (try? JSONDecoder().decode([Reference].self, from: Data(contentsOf: url))) ?? []
  }()

  /// Numbers that follow from a tensor's name and shape, as the script has them.
  static func weights(_ name: String, _ shape: [Int]) -> Tensor {
    let count = shape.reduce(1, *), phase = Double(name.utf8.reduce(0) { $0 + Int($1) } % 97)
    let isFilter = shape.count > 1 && !["token", "embed", "bias_table"].contains(where: name.contains)
    let fan = Double(shape.dropFirst().reduce(1, *))
    let scalars = (0..<count).map { index -> Float in
      let wave = sin(0.7 * Double(index) + phase)
      if isFilter { return Float(wave * (2 / fan).squareRoot()) }
      if shape.count > 1 { return Float(0.5 * wave) }
      if name.hasSuffix("weight") || name.hasSuffix("running_var") { return Float(0.8 + 0.2 * wave) }
      return Float(0.2 * wave)
    }
    return Tensor(scalars, shape: shape)
  }

  private func file(_ shapes: [String: [Int]], in folder: TemporaryFolder) throws -> WeightFile {
    let tensors = Dictionary(uniqueKeysWithValues: shapes.map { ($0, Self.weights($0, $1)) })
    return try WeightFile(folder.write(safetensors(tensors), to: "model.safetensors"))
  }

  @Test func `the references are there`() { #expect(Self.references.count >= 12) }

  @Test(arguments: references.map(\.name)) func `a library's network gives its library's logits`(name: String) throws {
    let reference = try #require(Self.references.first { $0.name == name })
    let folder = try TemporaryFolder()
    let told = NetworkDescription(name: reference.told, settings: reference.settings ?? .null)
    let found = try RecognizedNetwork(of: file(reference.shapes, in: folder), told: told)
    let graph = try Network(found.definition, weights: found.weights).graph(
      imageSize: (reference.size, reference.size))
    let image = (0..<graph.inputs[0].shape.reduce(1, *)).map { Float(sin(0.3 * Double($0))) }
    let logits = try Plan(graph).outputs(for: [NDArray(image, shape: graph.inputs[0].shape)])[0].scalars
    let scale = try #require(reference.logits.map(abs).max())
    try #require(logits.count == reference.logits.count)
    for (ours, theirs) in zip(logits, reference.logits) { #expect(abs(Double(ours) - theirs) <= 2e-5 * scale) }
  }

  @Test func `what training puts in front of names is taken off, and what stays is told`() throws {
    let folder = try TemporaryFolder()
    var shapes = Dictionary(
      uniqueKeysWithValues: try NetworkDefinition.cifarResnet20.parameters().map {
        ("model.module." + $0.name, $0.shape)
      })
    shapes["criterion.weight"] = [10]
    let found = try RecognizedNetwork(of: file(shapes, in: folder))
    #expect(found.definition.name == "cifar_resnet20")
    #expect(found.notes == ["the weights beneath 'model' are taken, without criterion.weight"])
  }

  @Test func `a weight that is left over or missing is named`() throws {
    let folder = try TemporaryFolder()
    var shapes = try #require(Self.references.first { $0.name == "transformers vit" }).shapes
    shapes["vit.encoder.layer.1.output.dense.bias"] = nil
    shapes["vit.encoder.layer.1.strange"] = [3]
    let found = try RecognizedNetwork(of: file(shapes, in: folder), told: NetworkDescription(name: "vit"))
    let error = #expect(throws: NetworkError.self) { try Network(found.definition, weights: found.weights) }
    #expect("\(error!)".contains("blocks.1.mlp.fc2.bias") && "\(error!)".contains("blocks.1.strange"))
  }

  @Test func `weights of no network that is known are told with the nearest`() throws {
    let folder = try TemporaryFolder()
    var shapes = Dictionary(
      uniqueKeysWithValues: try NetworkDefinition.alexnet.parameters().prefix(12).map { ($0.name, $0.shape) })
    shapes["features.99.weight"] = [1]
    let error = #expect(throws: NetworkError.self) { try RecognizedNetwork(of: file(shapes, in: folder)) }
    #expect("\(error!)".contains("nearest: alexnet"))
  }

  @Test func `a MobileNetV3-Small without gates is told from a Large one by its stages`() throws {
    var shapes = ["conv_stem.weight": [4, 3, 3, 3], "conv_head.weight": [12, 8, 1, 1], "classifier.weight": [3, 12]]
    func norm(_ path: String, _ width: Int) {
      for part in ["weight", "bias", "running_mean", "running_var"] { shapes["\(path).\(part)"] = [width] }
    }
    (shapes["conv_head.bias"], shapes["classifier.bias"]) = ([12], [3])
    norm("bn1", 4)
    (shapes["blocks.0.0.conv_dw.weight"], shapes["blocks.0.0.conv_pw.weight"]) = ([4, 1, 3, 3], [4, 4, 1, 1])
    norm("blocks.0.0.bn1", 4)
    norm("blocks.0.0.bn2", 4)
    for stage in 1...4 {
      let path = "blocks.\(stage).0"
      shapes["\(path).conv_pw.weight"] = [6, 4, 1, 1]
      shapes["\(path).conv_dw.weight"] = [6, 1, 3, 3]
      shapes["\(path).conv_pwl.weight"] = [4, 6, 1, 1]
      for (layer, width) in [("bn1", 6), ("bn2", 6), ("bn3", 4)] { norm("\(path).\(layer)", width) }
    }
    shapes["blocks.5.0.conv.weight"] = [8, 4, 1, 1]
    norm("blocks.5.0.bn1", 8)
    let folder = try TemporaryFolder()
    let found = try RecognizedNetwork(of: file(shapes, in: folder))
    #expect(found.definition.name == "mobilenetv3_small")
    let plan = try Plan(Network(found.definition, weights: found.weights).graph(imageSize: (64, 64)))
    // Small halves its maps five times, Large four times as far as its first six stages go.
    #expect(plan.graph.nodes.compactMap { plan.shape(of: $0.output) }.contains([1, 8, 2, 2]))
    #expect(plan.graph.nodes.allSatisfy { ($0.op as? ElementwiseFunction)?.function != .hardSwish })
  }

  @Test func `heads that stand nowhere are said to be assumed`() throws {
    let folder = try TemporaryFolder()
    let reference = try #require(Self.references.first { $0.name == "transformers vit" })
    let weights = try file(reference.shapes, in: folder)
    let silent = try RecognizedNetwork(of: weights)
    #expect(silent.notes.contains { $0.contains("how many heads") && $0.contains("num_attention_heads") })
    let told = try RecognizedNetwork(
      of: weights, told: NetworkDescription(settings: .object(["num_attention_heads": .number(1)])))
    #expect(told.notes.isEmpty)
  }
}
