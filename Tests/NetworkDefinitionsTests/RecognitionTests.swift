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

  @Test func `stages of no network that is known are refused with the nearest`() throws {
    let folder = try TemporaryFolder()
    let reference = try #require(Self.references.first { $0.name == "timm alone mnasnet_050" })
    var shapes = reference.shapes
    // One kernel of another size than any published network has there.
    let name = "blocks.1.1.conv_dw.weight"
    shapes[name] = try #require(shapes[name]).dropLast(2) + [7, 7]
    let error = #expect(throws: NetworkError.self) { try RecognizedNetwork(of: file(shapes, in: folder)) }
    #expect("\(error!)".contains("nearest: mnasnet_100") && "\(error!)".contains("--network NAME"))
    let chosen = try RecognizedNetwork(of: file(shapes, in: folder), told: NetworkDescription(name: "mnasnet_050"))
    #expect(chosen.definition.name == "mnasnet_050")
  }

  @Test func `networks with the same tensors as another are named`() throws {
    let folder = try TemporaryFolder()
    let reference = try #require(Self.references.first { $0.name == "timm resnet18d" })
    var shapes = reference.shapes
    let found = try RecognizedNetwork(of: file(shapes, in: folder))
    #expect(found.definition.name == "resnet18d" && found.notes.isEmpty)
    for stage in 1...4 {
      for (name, shape) in shapes where name.hasPrefix("layer\(stage).1.") {
        for place in 2..<[3, 4, 6, 3][stage - 1] {
          shapes[name.replacing("layer\(stage).1.", with: "layer\(stage).\(place).")] = shape
        }
      }
    }
    let larger = try RecognizedNetwork(of: file(shapes, in: folder))
    #expect(larger.notes.contains { $0.contains("resnetaa34d") && $0.contains("resnet34d") })
    #expect(
      try RecognizedNetwork(of: file(shapes, in: folder), told: NetworkDescription(name: "resnet34d")).notes.isEmpty)
  }

  @Test func `places turned into queries by another rule than DINOv3's are refused`() throws {
    let folder = try TemporaryFolder()
    var shapes = try #require(Self.references.first { $0.name == "timm alone vit_small_patch16_dinov3" }).shapes
    shapes["reg_token"] = nil
    let error = #expect(throws: NetworkError.self) { try RecognizedNetwork(of: file(shapes, in: folder)) }
    #expect("\(error!)".contains("rope"))
  }

  @Test func `layers behind those that config.json counts are left out`() throws {
    let folder = try TemporaryFolder()
    let reference = try #require(Self.references.first { $0.name == "transformers vit" })
    let settings = JSONValue.object(["num_attention_heads": .text("3"), "num_hidden_layers": .number(1)])
    let found = try RecognizedNetwork(
      of: file(reference.shapes, in: folder), told: NetworkDescription(name: "vit", settings: settings))
    #expect(found.notes.contains { $0.contains("counts 1 layers") })
    let names = try Network(found.definition, weights: found.weights).graph().nodes.map(\.output)
    #expect(names.contains { $0.hasPrefix("blocks.0.") } && !names.contains { $0.hasPrefix("blocks.1.") })
  }

  @Test func `the function of gated layers is the configuration's`() throws {
    let folder = try TemporaryFolder()
    var shapes: [String: [Int]] = [
      "embeddings.cls_token": [1, 1, 8], "embeddings.register_tokens": [1, 2, 8],
      "embeddings.patch_embeddings.weight": [8, 3, 4, 4], "embeddings.patch_embeddings.bias": [8], "norm.weight": [8],
      "norm.bias": [8],
    ]
    for (name, shape) in [
      "attention.q_proj.weight": [8, 8], "attention.k_proj.weight": [8, 8], "attention.v_proj.weight": [8, 8],
      "attention.o_proj.weight": [8, 8], "attention.o_proj.bias": [8], "norm1.weight": [8], "norm1.bias": [8],
      "norm2.weight": [8], "norm2.bias": [8], "layer_scale1.lambda1": [8], "layer_scale2.lambda1": [8],
      "mlp.gate_proj.weight": [12, 8], "mlp.up_proj.weight": [12, 8], "mlp.down_proj.weight": [8, 12],
      "mlp.gate_proj.bias": [12], "mlp.up_proj.bias": [12], "mlp.down_proj.bias": [8],
    ] { shapes["layer.0." + name] = shape }
    for (said, function): (String?, UnaryFunction) in [(nil, .gelu), ("gelu", .gelu), ("silu", .silu)] {
      var settings: [String: JSONValue] = ["num_attention_heads": .number(2)]
      settings["hidden_act"] = said.map { .text($0) }
      let told = NetworkDescription(name: "dinov3_vit", settings: .object(settings))
      let found = try RecognizedNetwork(of: file(shapes, in: folder), told: told)
      let nodes = try Network(found.definition, weights: found.weights).graph(imageSize: (8, 8)).nodes
      #expect(nodes.contains { ($0.op as? ElementwiseFunction)?.function == function }, "\(said ?? "nothing")")
    }
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
