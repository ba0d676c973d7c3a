import GraphEngine
import Kernels

/// Vision transformers by their weights: ViT, DeiT, DINO and DINOv2, BEiT, and the image's half of CLIP and SigLIP, under timm's
/// names but for queries, keys and values, which stand apart.
///
/// Dosovitskiy et al., 2020, arXiv:2010.11929; Touvron et al., 2020, arXiv:2012.12877; Bao et al., 2021, arXiv:2106.08254;
/// Radford et al., 2021, arXiv:2103.00020; Zhai et al., 2023, arXiv:2303.15343; Darcet et al., 2023, arXiv:2309.16588.
enum VisionTransformerFamily: NetworkFamily {
  static let tables =
    [
      NameTable(
        mark: "blocks.0.attn.q_proj", ignoring: ["mask_token"],
        [
          "blocks.#.attn.q_proj": "blocks.{0}.attn.q", "blocks.#.attn.k_proj": "blocks.{0}.attn.k",
          "blocks.#.attn.v_proj": "blocks.{0}.attn.v",
        ]),
      NameTable(
        mark: "blocks.0.attn.qkv", ignoring: ["mask_token", "*relative_position_index", "*.k_bias"],
        [
          "register_tokens": "reg_token", "blocks.#.gamma_1": "blocks.{0}.ls1.gamma",
          "blocks.#.gamma_2": "blocks.{0}.ls2.gamma", "blocks.#.mlp.w12": "blocks.{0}.mlp.weights_in",
          "blocks.#.mlp.w3": "blocks.{0}.mlp.weights_out",
        ]),
      NameTable(
        mark: "encoder.layers.encoder_layer_0.ln_1",
        [
          "class_token": "cls_token", "conv_proj": "patch_embed.proj", "encoder.pos_embedding": "pos_embed",
          "encoder.layers.encoder_layer_#.ln_#": "blocks.{0}.norm{1}",
          "encoder.layers.encoder_layer_#.self_attention.in_proj_weight": "blocks.{0}.attn.qkv.weight",
          "encoder.layers.encoder_layer_#.self_attention.in_proj_bias": "blocks.{0}.attn.qkv.bias",
          "encoder.layers.encoder_layer_#.self_attention.out_proj": "blocks.{0}.attn.proj",
          "encoder.layers.encoder_layer_#.mlp.linear_#": "blocks.{0}.mlp.fc{1}",
          "encoder.layers.encoder_layer_#.mlp.0": "blocks.{0}.mlp.fc1",
          "encoder.layers.encoder_layer_#.mlp.3": "blocks.{0}.mlp.fc2", "encoder.ln": "norm", "heads.head": "head",
        ]),
      NameTable(
        mark: "visual.transformer.resblocks.0.ln_1",
        ignoring: ["transformer.", "token_embedding", "positional_embedding", "ln_final", "text", "logit_"],
        [
          "visual.class_embedding": "cls_token", "visual.positional_embedding": "pos_embed",
          "visual.proj": "visual_proj",
          "visual.conv1": "patch_embed.proj", "visual.ln_pre": "norm_pre", "visual.ln_post": "norm",
          "visual.transformer.resblocks.#.ln_#": "blocks.{0}.norm{1}",
          "visual.transformer.resblocks.#.attn.in_proj_weight": "blocks.{0}.attn.qkv.weight",
          "visual.transformer.resblocks.#.attn.in_proj_bias": "blocks.{0}.attn.qkv.bias",
          "visual.transformer.resblocks.#.attn.out_proj": "blocks.{0}.attn.proj",
          "visual.transformer.resblocks.#.mlp.c_fc": "blocks.{0}.mlp.fc1",
          "visual.transformer.resblocks.#.mlp.c_proj": "blocks.{0}.mlp.fc2",
        ]),
    ] + ["vision_model.", ""].map(contrastive)
    + ["vit.", "deit.", "dinov2.", "dinov2_with_registers.", "dinov3_vit.", "beit.", ""].flatMap(transformers)

  /// The names of transformers for the image's half of CLIP and SigLIP.
  private static func contrastive(_ prefix: String) -> NameTable {
    let layer = prefix + "encoder.layers.#", own = "blocks.{0}"
    return NameTable(
      mark: prefix + "encoder.layers.0.self_attn.q_proj",
      ignoring: ["text_model.", "text_projection", "logit_", "*position_ids"],
      [
        prefix + "embeddings.class_embedding": "cls_token",
        prefix + "embeddings.position_embedding.weight": "pos_embed",
        prefix + "embeddings.patch_embedding": "patch_embed.proj", prefix + "pre_layrnorm": "norm_pre",
        prefix + "post_layernorm": "norm", "visual_projection": "head", "classifier": "head",
        layer + ".self_attn.q_proj": own + ".attn.q", layer + ".self_attn.k_proj": own + ".attn.k",
        layer + ".self_attn.v_proj": own + ".attn.v", layer + ".self_attn.out_proj": own + ".attn.proj",
        layer + ".layer_norm#": own + ".norm{1}", layer + ".mlp": own + ".mlp",
        prefix + "head.probe": "attn_pool.latent", prefix + "head.attention.in_proj_weight": "attn_pool.qkv.weight",
        prefix + "head.attention.in_proj_bias": "attn_pool.qkv.bias",
        prefix + "head.attention.out_proj": "attn_pool.proj", prefix + "head.layernorm": "attn_pool.norm",
        prefix + "head.mlp": "attn_pool.mlp",
      ])
  }

  /// The names of transformers, whose networks are told by what stands in front: those that files have, and those that version 5
  /// has in memory.
  private static func transformers(_ prefix: String) -> [NameTable] {
    let ends = [
      ("attention.attention.query", "attn.q"), ("attention.attention.key", "attn.k"),
      ("attention.attention.value", "attn.v"), ("attention.output.dense", "attn.proj"), ("attention.q_proj", "attn.q"),
      ("attention.k_proj", "attn.k"), ("attention.v_proj", "attn.v"), ("attention.o_proj", "attn.proj"),
      ("attention.attention.relative_position_bias", "attn"), ("relative_position_bias", "attn"),
      ("layernorm_before", "norm1"), ("layernorm_after", "norm2"), ("intermediate.dense", "mlp.fc1"),
      ("output.dense", "mlp.fc2"), ("layer_scale#.lambda1", "ls{1}.gamma"), ("lambda_#", "ls{1}.gamma"),
    ]
    let layers = ["encoder.layer.#", "layers.#", "layer.#", "model.layer.#"].flatMap { layer in
      ends.map { ("\(prefix)\(layer).\($0)", "blocks.{0}.\($1)") } + [(prefix + layer, "blocks.{0}")]
    }
    let around = [
      ("embeddings.cls_token", "cls_token"), ("embeddings.distillation_token", "dist_token"),
      ("embeddings.register_tokens", "reg_token"), ("embeddings.position_embeddings", "pos_embed"),
      ("embeddings.patch_embeddings.projection", "patch_embed.proj"),
      ("embeddings.patch_embeddings", "patch_embed.proj"), ("layernorm", "norm"), ("norm", "norm"),
      ("pooler.layernorm", "fc_norm"),
    ].map { (prefix + $0, $1) }
    let heads = [("classifier", "head"), ("cls_classifier", "head"), ("distillation_classifier", "head_dist")]
    let marks = [
      "encoder.layer.0.attention.attention.query", "encoder.layer.0.attention.q_proj", "layers.0.attention.q_proj",
      "model.layer.0.attention.q_proj", "layer.0.attention.q_proj",
    ]
    return marks.map { mark in
      NameTable(
        mark: prefix + mark,
        ignoring: [prefix + "embeddings.mask_token", prefix + "pooler.dense", "*relative_position_index"],
        lines: layers + around + heads)
    }
  }

  static func relatives(of found: Inventory, _ told: NetworkDescription) -> [String] {
    guard told.mark.hasPrefix("blocks."), told.name == nil, found.has("blocks.0.attn.q"), found.has("blocks.0.norm1"),
      let width = found.outputs("patch_embed.proj"), let patch = found.weight("patch_embed.proj")?.last
    else { return [] }
    let size = [192: "tiny", 384: "small", 768: "base", 1024: "large", 1280: "huge"][width] ?? "base"
    return [
      "vit_\(size)_patch\(patch)_rope_224, vit_pe_core_\(size)_patch\(patch)_224 and others that place patches by rotation"
    ]
  }

  static func arrange(_ weights: inout WeightFile, _ told: NetworkDescription) {
    weights.leaveOutLayers(beyond: told)
    weights.splitAttention()
    weights.split("attn_pool.kv.weight", into: ["attn_pool.k.weight", "attn_pool.v.weight"])
    weights.split("attn_pool.kv.bias", into: ["attn_pool.k.bias", "attn_pool.v.bias"])
    // OpenAI's projection has its rows and columns the other way round.
    if let projection = weights.tensors.removeValue(forKey: "visual_proj") {
      weights.tensors["head.weight"] = projection.transposed
    }
  }

  static func assumptions(of found: Inventory, _ told: NetworkDescription) -> [String] {
    VisionTransformerPlan(found, told)?.assumptions ?? []
  }

  static func definition(of found: Inventory, _ told: NetworkDescription) -> NetworkDefinition? {
    guard let plan = VisionTransformerPlan(found, told) else { return nil }
    return NetworkDefinition(
      plan.name, source: "Dosovitskiy et al., 2020, arXiv:2010.11929", input: plan.input,
      usualClasses: found.outputs("head") ?? plan.depth, classifier: "head"
    ) { _ in
      PatchTokens(plan: plan)
      if found.has("norm_pre") { LayerNormalization("norm_pre", epsilon: plan.epsilon) }
      for index in 0..<found.count("blocks.#") { block("blocks.\(index)", plan) }
      TokenSummary(plan: plan)
    }
  }

  private static func block(_ path: String, _ plan: VisionTransformerPlan) -> Sequential {
    Sequential(path) {
      Residual {
        LayerNormalization("norm1", epsilon: plan.epsilon)
        plan.attention(of: path)
        if plan.found.has(path + ".ls1") { LayerScale(name: "ls1") }
      }
      Residual {
        LayerNormalization("norm2", epsilon: plan.epsilon)
        plan.perceptron(of: path + ".mlp", called: "mlp")
        if plan.found.has(path + ".ls2") { LayerScale(name: "ls2") }
      }
    }
  }
}

extension WeightFile {
  /// Leaves out the blocks behind those that transformers' configuration counts, as transformers does.
  mutating func leaveOutLayers(beyond told: NetworkDescription) {
    guard !told.mark.hasPrefix("blocks."), let count = told.integer("num_hidden_layers"), count > 0 else { return }
    let inventory = Inventory(shapes)
    let all = inventory.count("blocks.#")
    guard count < all else { return }
    for number in count..<all {
      for name in tensors.keys where name.hasPrefix("blocks.\(number).") { tensors[name] = nil }
    }
    notes.append(
      "config.json counts \(count) layers: the others of the \(all) in the weights are left out, as transformers does")
  }

  /// Parts the rows of joint projections to queries, keys and values.
  mutating func splitAttention() {
    for name in tensors.keys {
      for part in ["weight", "bias"] where name.hasSuffix(".qkv." + part) {
        let stem = name.dropLast(4 + part.count)
        split(name, into: ["q", "k", "v"].map { "\(stem)\($0).\(part)" })
      }
    }
    // Where keys have no bias, those of queries and values are apart.
    for (name, tensor) in tensors where name.hasSuffix(".attn.q_bias") || name.hasSuffix(".attn.v_bias") {
      tensors[name] = nil
      tensors[name.replacing("_bias", with: ".bias")] = tensor
    }
  }
}
