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
          "visual.class_embedding": "cls_token", "visual.positional_embedding": "pos_embed", "visual.proj": "visual_proj",
          "visual.conv1": "patch_embed.proj", "visual.ln_pre": "norm_pre", "visual.ln_post": "norm",
          "visual.transformer.resblocks.#.ln_#": "blocks.{0}.norm{1}",
          "visual.transformer.resblocks.#.attn.in_proj_weight": "blocks.{0}.attn.qkv.weight",
          "visual.transformer.resblocks.#.attn.in_proj_bias": "blocks.{0}.attn.qkv.bias",
          "visual.transformer.resblocks.#.attn.out_proj": "blocks.{0}.attn.proj",
          "visual.transformer.resblocks.#.mlp.c_fc": "blocks.{0}.mlp.fc1",
          "visual.transformer.resblocks.#.mlp.c_proj": "blocks.{0}.mlp.fc2",
        ]),
      NameTable(
        mark: "vision_model.encoder.layers.0",
        ignoring: ["text_model.", "text_projection", "logit_", "*position_ids"],
        [
          "vision_model.embeddings.class_embedding": "cls_token",
          "vision_model.embeddings.position_embedding.weight": "pos_embed",
          "vision_model.embeddings.patch_embedding": "patch_embed.proj", "vision_model.pre_layrnorm": "norm_pre",
          "vision_model.post_layernorm": "norm", "visual_projection": "head", "classifier": "head",
          "vision_model.encoder.layers.#.self_attn.q_proj": "blocks.{0}.attn.q",
          "vision_model.encoder.layers.#.self_attn.k_proj": "blocks.{0}.attn.k",
          "vision_model.encoder.layers.#.self_attn.v_proj": "blocks.{0}.attn.v",
          "vision_model.encoder.layers.#.self_attn.out_proj": "blocks.{0}.attn.proj",
          "vision_model.encoder.layers.#.layer_norm#": "blocks.{0}.norm{1}",
          "vision_model.encoder.layers.#.mlp": "blocks.{0}.mlp",
          "vision_model.head.probe": "attn_pool.latent",
          "vision_model.head.attention.in_proj_weight": "attn_pool.qkv.weight",
          "vision_model.head.attention.in_proj_bias": "attn_pool.qkv.bias",
          "vision_model.head.attention.out_proj": "attn_pool.proj", "vision_model.head.layernorm": "attn_pool.norm",
          "vision_model.head.mlp": "attn_pool.mlp",
        ]),
    ] + ["vit.", "deit.", "dinov2.", "dinov2_with_registers.", "beit.", ""].map(transformers)

  /// The names of transformers, whose networks are told by what stands in front.
  private static func transformers(_ prefix: String) -> NameTable {
    let layer = prefix + "encoder.layer.#", own = "blocks.{0}"
    return NameTable(
      mark: prefix + "encoder.layer.0.attention.attention.query",
      ignoring: [prefix + "embeddings.mask_token", prefix + "pooler.dense", "*relative_position_index"],
      [
        prefix + "embeddings.cls_token": "cls_token", prefix + "embeddings.distillation_token": "dist_token",
        prefix + "embeddings.register_tokens": "reg_token", prefix + "embeddings.position_embeddings": "pos_embed",
        prefix + "embeddings.patch_embeddings.projection": "patch_embed.proj",
        layer + ".attention.attention.query": own + ".attn.q", layer + ".attention.attention.key": own + ".attn.k",
        layer + ".attention.attention.value": own + ".attn.v",
        layer + ".attention.attention.relative_position_bias.relative_position_bias_table":
          own + ".attn.relative_position_bias_table",
        layer + ".attention.output.dense": own + ".attn.proj", layer + ".layernorm_before": own + ".norm1",
        layer + ".layernorm_after": own + ".norm2", layer + ".intermediate.dense": own + ".mlp.fc1",
        layer + ".output.dense": own + ".mlp.fc2", layer + ".layer_scale#.lambda1": own + ".ls{1}.gamma",
        layer + ".lambda_#": own + ".ls{1}.gamma", layer: own, prefix + "layernorm": "norm",
        prefix + "pooler.layernorm": "fc_norm", "classifier": "head", "cls_classifier": "head",
        "distillation_classifier": "head_dist",
      ])
  }

  static func arrange(_ weights: inout WeightFile, _ told: NetworkDescription) {
    weights.splitAttention()
    for (name, tensor) in weights.tensors where name.hasSuffix(".attn.q_bias") || name.hasSuffix(".attn.v_bias") {
      weights.tensors[name] = nil
      weights.tensors[name.replacing("_bias", with: ".bias")] = tensor
    }
    weights.split("attn_pool.kv.weight", into: ["attn_pool.k.weight", "attn_pool.v.weight"])
    weights.split("attn_pool.kv.bias", into: ["attn_pool.k.bias", "attn_pool.v.bias"])
    // OpenAI's projection has its rows and columns the other way round.
    if let projection = weights.tensors.removeValue(forKey: "visual_proj") {
      weights.tensors["head.weight"] = projection.transposed
    }
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
  /// Parts the rows of joint projections to queries, keys and values.
  mutating func splitAttention() {
    for name in tensors.keys {
      for part in ["weight", "bias"] where name.hasSuffix(".qkv." + part) {
        let stem = name.dropLast(4 + part.count)
        split(name, into: ["q", "k", "v"].map { "\(stem)\($0).\(part)" })
      }
    }
  }
}
