import GraphEngine
import Kernels

/// What weights and description tell of a text's transformer.
struct TextTowerPlan: Sendable {
  private let found: Inventory
  private let settings: JSONValue
  private let depth: Int
  private let heads: Int
  let summary: TextTower.Summary

  init?(_ weights: WeightFile, _ settings: JSONValue) {
    (found, self.settings) = (Inventory(weights.shapes), settings)
    guard let depth = found.weight("token_embed")?.last, found.has("blocks.0.attn.q") else { return nil }
    self.depth = depth
    // SigLIP's projection has a bias, and its texts no mark at which to look.
    let isSigLIP = found.has("head.bias")
    heads = settings["num_attention_heads"].integer ?? (isSigLIP ? 12 : 8)
    guard heads > 0, depth % heads == 0 else { return nil }
    if isSigLIP {
      summary = .lastPlace
    } else {
      // Configurations with the number 2 are older than the rule, and mean the largest.
      let end = settings["eos_token_id"].integer ?? 49407
      summary = end == 2 ? .largestToken : .token(end)
    }
  }

  private var epsilon: Float {
    Float(settings["layer_norm_eps"].number ?? (summary == .lastPlace ? 1e-6 : 1e-5))
  }

  private var activation: TokenFunction {
    TokenFunction(
      named: settings["hidden_act"].text, default: summary == .lastPlace ? .plain(.geluTanh) : .quickGELU)
  }

  /// The network for texts of one length, from the embeddings of their tokens, `[texts, length, depth]`, to theirs.
  ///
  /// A second input, `selection [texts, 1, length]`, is 1 at the place of each text whose features are taken.
  func outline(texts: Int, length: Int) throws -> (output: NetworkBuilder.Value, builder: NetworkBuilder) {
    let input = NetworkBuilder.Value(name: "input", shape: [texts, length, depth])
    var network = NetworkBuilder(input: input)
    let places = try network.apply(Places(count: found.weight("pos_embed")?.first ?? 0), to: input)
    var tokens = places
    for index in 0..<found.count("blocks.#") { tokens = try network.apply(block("blocks.\(index)"), to: tokens) }
    tokens = try network.apply(LayerNormalization("norm", epsilon: epsilon), to: tokens)
    let selection = NetworkBuilder.Value(name: "selection", shape: [texts, 1, length])
    let taken = try network.add(MatrixProduct(), [selection, tokens], as: "taken")
    let features = try network.add(Reshape(to: [texts, depth]), [taken], as: "features")
    guard let outputs = found.outputs("head") else { return (features, network) }
    let embedding = try network.apply(Linear("head", outputs: outputs, bias: found.has("head.bias")), to: features)
    return (embedding, network)
  }

  private func block(_ path: String) -> Sequential {
    var attention = SelfAttention(name: "attn", heads: heads)
    if summary != .lastPlace {
      attention.bias = { network, scores in try network.masked(scores) }
    }
    return Sequential(path) {
      Residual {
        LayerNormalization("norm1", epsilon: epsilon)
        attention
      }
      Residual {
        LayerNormalization("norm2", epsilon: epsilon)
        Perceptron(name: "mlp", width: found.outputs(path + ".mlp.fc1") ?? 1, activation: activation)
      }
    }
  }
}

/// What is learned of each place, added to its token.
private struct Places: Block {
  let name: String? = "pos_embed"
  let count: Int

  func output(of input: NetworkBuilder.Value, in network: inout NetworkBuilder) throws -> NetworkBuilder.Value {
    let (length, depth) = (input.shape[1], input.shape[2])
    try network.require(length <= count, "has \(count) places, and a text \(length) tokens")
    let learned = try network.parameter("weight", shape: [count, depth])
    let taken = try network.add(
      Slice(starts: [0, 0], ends: [length, depth], steps: [1, 1]), [learned], as: "taken")
    return try network.add(Arithmetic(.add), [input, taken], as: "added")
  }
}

extension NetworkBuilder {
  /// Scores with those of later places put so low that no weight is left to them.
  fileprivate mutating func masked(_ scores: Value) throws -> Value {
    let length = scores.shape[scores.shape.count - 1]
    let mask = (0..<length * length).map { $0 % length > $0 / length ? -Float.greatestFiniteMagnitude / 2 : 0 }
    let constant = try constant(NDArray(mask, shape: [length, length]), as: "mask")
    return try add(Arithmetic(.add), [scores, constant], as: "masked")
  }
}
