import GraphEngine
import Kernels

/// Swin transformers by their weights (Liu et al., 2021, arXiv:2103.14030; V2: 2022, arXiv:2111.09883), under timm's names but
/// for queries, keys and values, which stand apart.
enum SwinFamily: NetworkFamily {
  static let tables =
    [
      NameTable(
        mark: "layers.0.blocks.0.attn.qkv", ignoring: ["*relative_position_index", "*attn_mask"], ["head.fc": "head.fc"]
      ),
      NameTable(
        mark: "features.1.0.attn.relative_position_bias_table", ignoring: ["*relative_position_index"],
        lines: torchvision),
      NameTable(
        mark: "features.1.0.attn.cpb_mlp.0", ignoring: ["*relative_position_index"], lines: torchvision),
    ]
    + ["swin.", "swinv2.", ""].flatMap { prefix in
      ["self.query", "q_proj"].map { transformers(prefix, query: $0) }
    }

  private static var torchvision: [(String, String)] {
    (0..<4).flatMap { stage -> [(String, String)] in
      let theirs = "features.\(2 * stage + 1).#", ours = "layers.\(stage).blocks.{0}"
      return [
        (theirs + ".mlp.0", ours + ".mlp.fc1"), (theirs + ".mlp.3", ours + ".mlp.fc2"), (theirs, ours),
        ("features.\(2 * stage + 2)", "layers.\(stage + 1).downsample"),
      ]
    } + [("features.0.0", "patch_embed.proj"), ("features.0.2", "patch_embed.norm"), ("head", "head.fc")]
  }

  private static func transformers(_ prefix: String, query: String) -> NameTable {
    let layer = prefix + "encoder.layers.#.blocks.#", ours = "layers.{0}.blocks.{1}"
    return NameTable(
      mark: prefix + "encoder.layers.0.blocks.0.attention." + query,
      ignoring: ["*relative_position_index", prefix + "embeddings.mask_token"],
      [
        prefix + "embeddings.patch_embeddings.projection": "patch_embed.proj",
        prefix + "embeddings.norm": "patch_embed.norm", prefix + "layernorm": "norm", "classifier": "head.fc",
        prefix + "encoder.layers.#.downsample": "layers.{0+1}.downsample",
        layer + ".attention.self.query": ours + ".attn.q", layer + ".attention.self.key": ours + ".attn.k",
        layer + ".attention.self.value": ours + ".attn.v",
        layer + ".attention.self.continuous_position_bias_mlp": ours + ".attn.cpb_mlp",
        layer + ".attention.self": ours + ".attn",
        layer + ".attention.q_proj": ours + ".attn.q", layer + ".attention.k_proj": ours + ".attn.k",
        layer + ".attention.v_proj": ours + ".attn.v", layer + ".attention.o_proj": ours + ".attn.proj",
        layer + ".attention.relative_position_bias": ours + ".attn",
        layer + ".attention.output.dense": ours + ".attn.proj", layer + ".layernorm_before": ours + ".norm1",
        layer + ".layernorm_after": ours + ".norm2", layer + ".intermediate.dense": ours + ".mlp.fc1",
        layer + ".output.dense": ours + ".mlp.fc2", layer: ours,
      ])
  }

  static func arrange(_ weights: inout WeightFile, _ told: NetworkDescription) {
    weights.splitAttention()
    // torchvision's V2 keeps a bias of keys that it does not use.
    if told.mark == "features.1.0.attn.cpb_mlp.0" {
      weights.tensors = weights.tensors.filter { !$0.key.hasSuffix(".attn.k.bias") }
    }
    guard told.mark == "layers.0.blocks.0.attn.qkv" else { return }
    // Its authors merge patches at the end of a stage, timm at the beginning of the next.
    let endsStages = weights.tensors.keys.contains { $0.hasPrefix("layers.0.downsample.") }
    var renamed: [String: FileTensor] = [:]
    for (name, tensor) in weights.tensors {
      var name = name
      if endsStages, let match = name.wholeMatch(of: /layers\.(\d)\.downsample\.(.+)/), let stage = Int(match.1) {
        name = "layers.\(stage + 1).downsample.\(match.2)"
      }
      if name.hasPrefix("head."), !name.hasPrefix("head.fc.") { name = "head.fc." + name.dropFirst(5) }
      renamed[name] = tensor
    }
    weights.tensors = renamed
  }

  static func definition(of found: Inventory, _ told: NetworkDescription) -> NetworkDefinition? {
    guard let plan = SwinPlan(found, told) else { return nil }
    let features = found.outputs("norm") ?? 1
    return NetworkDefinition(
      plan.name, source: plan.isSecond ? "Liu et al., 2022, arXiv:2111.09883" : "Liu et al., 2021, arXiv:2103.14030",
      input: [plan.patches[1], plan.side, plan.side],
      usualClasses: found.outputs("head.fc") ?? features, classifier: "head.fc"
    ) { classes in
      Sequential("patch_embed") {
        Convolution("proj", channels: plan.patches[0], kernel: plan.patches[2], stride: plan.patches[2])
        ChannelsLast(name: "moved")
        if found.has("patch_embed.norm") { LayerNormalization("norm", epsilon: plan.epsilon) }
      }
      for stage in 0..<found.count("layers.#") {
        Sequential("layers.\(stage)") {
          if let wide = found.outputs("layers.\(stage).downsample.reduction") {
            PatchMerging(name: "downsample", width: wide, epsilon: plan.epsilon, normalizesFirst: !plan.isSecond)
          }
          for place in 0..<found.count("layers.\(stage).blocks.#") { plan.block(stage, place) }
        }
      }
      LayerNormalization("norm", epsilon: plan.epsilon)
      PositionMean(name: "head.global_pool")
      if found.has("head.fc") { Linear("head.fc", outputs: classes) }
    }
  }
}

/// A map with its channels last, `[N, H, W, C]`.
struct ChannelsLast: Block {
  let name: String?

  func output(of input: NetworkBuilder.Value, in network: inout NetworkBuilder) throws -> NetworkBuilder.Value {
    try network.add(Transpose(permutation: [0, 2, 3, 1]), [input])
  }
}

/// The mean of `[N, H, W, C]` over its positions, `[N, C]`.
struct PositionMean: Block {
  let name: String?

  func output(of input: NetworkBuilder.Value, in network: inout NetworkBuilder) throws -> NetworkBuilder.Value {
    try network.add(Reduction(.mean, axes: [1, 2], keepsDimensions: false), [input])
  }
}

/// Each 2 × 2 neighbours side by side, normalised, and brought to other channels (section 3.1), or, in V2, normalised then.
private struct PatchMerging: Block {
  let name: String?
  let width: Int
  let epsilon: Float
  let normalizesFirst: Bool

  func output(of input: NetworkBuilder.Value, in network: inout NetworkBuilder) throws -> NetworkBuilder.Value {
    var input = input
    if input.shape[1] % 2 + input.shape[2] % 2 > 0 {
      input = try network.add(
        Pad(before: [0, 0, 0, 0], after: [0, input.shape[1] % 2, input.shape[2] % 2, 0], mode: .constant(0)), [input],
        as: "even")
    }
    // Down before across, as the authors' implementation has it.
    let parts = try [(0, 0), (1, 0), (0, 1), (1, 1)].map { row, column in
      try network.add(
        Slice(starts: [0, row, column, 0], ends: input.shape, steps: [1, 2, 2, 1]), [input], as: "part\(row)\(column)")
    }
    let joined = try network.add(GraphEngine.Concatenation(axis: 3), parts, as: "cat")
    let layers: [any Block] = [
      LayerNormalization("norm", epsilon: epsilon), Projection("reduction", outputs: width, bias: false),
    ]
    return try network.apply(normalizesFirst ? layers : layers.reversed(), to: joined)
  }
}
