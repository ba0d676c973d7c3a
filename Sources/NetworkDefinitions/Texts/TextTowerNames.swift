import Foundation
import Kernels

/// What libraries call the tensors of a text's transformer.
enum TextTowerNames {
  private struct Naming {
    /// The beginnings of names that are the text's.
    let own: [String]
    let table: NameTable
  }

  private static let all =
    [
      Naming(
        own: ["text_model.", "text_projection."],
        table: NameTable(
          mark: "text_model.encoder.layers.0.self_attn.q_proj", ignoring: ["*position_ids"],
          [
            "text_model.embeddings.token_embedding": "token_embed",
            "text_model.embeddings.position_embedding": "pos_embed",
            "text_model.encoder.layers.#.self_attn.q_proj": "blocks.{0}.attn.q",
            "text_model.encoder.layers.#.self_attn.k_proj": "blocks.{0}.attn.k",
            "text_model.encoder.layers.#.self_attn.v_proj": "blocks.{0}.attn.v",
            "text_model.encoder.layers.#.self_attn.out_proj": "blocks.{0}.attn.proj",
            "text_model.encoder.layers.#.layer_norm#": "blocks.{0}.norm{1}",
            "text_model.encoder.layers.#.mlp": "blocks.{0}.mlp", "text_model.final_layer_norm": "norm",
            "text_projection": "head", "text_model.head": "head",
          ]))
    ] + ["text.", ""].map(openCLIP)

  /// OpenCLIP's names, which are OpenAI's, and of later networks stand under `text.`.
  private static func openCLIP(_ prefix: String) -> Naming {
    let layer = prefix + "transformer.resblocks.#"
    return Naming(
      own: ["transformer.", "token_embedding.", "positional_embedding", "ln_final.", "text_projection"].map {
        prefix + $0
      },
      table: NameTable(
        mark: prefix + "transformer.resblocks.0.ln_1",
        [
          prefix + "token_embedding": "token_embed", prefix + "positional_embedding": "pos_embed.weight",
          prefix + "ln_final": "norm", prefix + "text_projection.weight": "head.weight",
          prefix + "text_projection.bias": "head.bias", prefix + "text_projection": "projection",
          layer + ".ln_#": "blocks.{0}.norm{1}", layer + ".attn.in_proj_weight": "blocks.{0}.attn.qkv.weight",
          layer + ".attn.in_proj_bias": "blocks.{0}.attn.qkv.bias", layer + ".attn.out_proj": "blocks.{0}.attn.proj",
          layer + ".mlp.c_fc": "blocks.{0}.mlp.fc1", layer + ".mlp.c_proj": "blocks.{0}.mlp.fc2",
        ]))
  }

  /// The text's tensors under our names; `nil` where there are none.
  static func weights(in file: WeightFile) -> WeightFile? {
    let inventory = Inventory(file.shapes)
    guard let naming = all.first(where: { inventory.has($0.table.mark) }) else { return nil }
    var weights = file
    weights.tensors = [:]
    for (name, tensor) in file.tensors where naming.own.contains(where: name.hasPrefix) {
      if let ours = naming.table.name(for: name) { weights.tensors[ours] = tensor }
    }
    weights.splitAttention()
    // OpenAI's projection has its rows and columns the other way round.
    if let projection = weights.tensors.removeValue(forKey: "projection") {
      weights.tensors["head.weight"] = projection.transposed
    }
    return weights
  }
}

extension WeightFile {
  /// What cosines of images and texts are multiplied by, and what is added, where the network has learned it; the scale is
  /// kept as its logarithm.
  public var learnedComparison: (scale: Float, bias: Float?)? {
    func number(_ name: String) -> Float? {
      guard let tensor = tensors[name], tensor.count == 1 else { return nil }
      return try? tensor.array(named: name).scalars.first
    }
    guard let logarithm = number("logit_scale") else { return nil }
    return (Float(Foundation.exp(Double(logarithm))), number("logit_bias"))
  }
}
