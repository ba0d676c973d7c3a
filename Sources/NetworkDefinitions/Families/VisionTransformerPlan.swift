import GraphEngine
import Kernels

/// What the shapes of the weights tell of a vision transformer, and what its library's description adds.
struct VisionTransformerPlan: Sendable {
  let found: Inventory
  let told: NetworkDescription
  /// The width of a token.
  let depth: Int
  let patch: [Int]
  let channels: Int
  let heads: Int
  /// How many patches a side of the images has that the position embeddings were learned with.
  let grid: Int
  /// How many of the tokens in front have position embeddings of their own.
  let placedTokens: Int

  init?(_ found: Inventory, _ told: NetworkDescription) {
    guard let shape = found.weight("patch_embed.proj"), shape.count == 4, found.has("blocks.0.attn.q"),
      found.has("blocks.0.norm1")
    else { return nil }
    // Others of timm's have the same names and shapes, and compute something else.
    let others = ["rope", "lingbot", "sapiens", "_pe_", "rpn", "_xp_", "pwee", "relpos", "eva02_enormous"]
    if told.mark.hasPrefix("blocks."), let name = told.name, others.contains(where: name.contains) { return nil }
    // So have, where no name is told, networks whose places are turned into queries and keys, and the encoders of perception,
    // which pool by attention beside a token of their own.
    if told.mark.hasPrefix("blocks.") {
      guard !Self.lacksPlaces(found) || Self.isDINOv3(found), !found.has("attn_pool.latent") || !found.has("cls_token")
      else {
        return nil
      }
    }
    (self.found, self.told) = (found, told)
    (depth, channels, patch) = (shape[0], shape[1], Array(shape.suffix(2)))
    // timm's small networks for tests have heads of 32 numbers.
    let isForTests = told.name?.hasPrefix("test_vit") ?? false
    heads = Self.saidHeads(told) ?? Self.usualHeads[shape[0]] ?? max(1, shape[0] / (isForTests ? 32 : 64))
    guard heads > 0, depth % heads == 0 else { return nil }
    let registers = found.shapes["reg_token"]?.dropFirst().first ?? 0
    let own = ["cls_token", "dist_token"].filter { found.shapes[$0] != nil }.count
    if let places = found.shapes["pos_embed"]?.dropLast().last {
      let choices = [own, own + registers, 0].first { front in
        let side = Int(Double(max(0, places - front)).squareRoot().rounded())
        return side > 0 && side * side == places - front
      }
      guard let choices else { return nil }
      placedTokens = choices
      grid = Int(Double(places - choices).squareRoot().rounded())
    } else {
      placedTokens = 0
      let image = told.integer("image_size") ?? 224
      // A table of relative positions has (2g − 1)² rows and three more.
      let rows = found.shapes["blocks.0.attn.relative_position_bias_table"]?.first ?? 0
      let side = Int(Double(max(0, rows - 3)).squareRoot().rounded())
      grid = rows > 3 ? (side + 1) / 2 : max(1, image / max(1, shape[2]))
    }
  }

  /// Whether nothing that is learned says where a patch is.
  private static func lacksPlaces(_ found: Inventory) -> Bool {
    found.shapes["pos_embed"] == nil
      && !found.shapes.keys.contains { $0.contains("rel_pos") || $0.contains("relative_position") }
  }

  /// Whether it is DINOv3, which has registers beside its token and no places.
  private static func isDINOv3(_ found: Inventory) -> Bool {
    lacksPlaces(found) && found.has("cls_token") && found.has("reg_token")
  }

  private var isDINOv3: Bool { told.name == "dinov3_vit" || Self.isDINOv3(found) }

  /// How many heads a library says that there are.
  private static func saidHeads(_ told: NetworkDescription) -> Int? {
    told.integer("num_attention_heads") ?? told.settings["model_args"]["num_heads"].integer
  }

  /// How many heads published networks of a width have; those that are not here have heads of 64 numbers.
  private static let usualHeads = [1280: 16, 1408: 16, 1664: 16, 1152: 16, 1536: 16]

  /// What is to be said of the heads where nobody does and no published network has this width.
  var assumptions: [String] {
    var assumed: [String] = []
    if told.mark.hasPrefix("blocks."), told.name == nil, !told.hasLayers {
      if isDINOv3, told.text("global_pool") == nil {
        assumed.append(
          "the mean of the patches is taken for the answer, as timm does for DINOv3; a config.json beside the weights with "
            + "\"global_pool\": \"token\" says otherwise")
      }
      if found.has("norm_pre"), found.has("cls_token") {
        assumed.append(
          "timm's vit_…_clip and vit_…_clip_quickgelu have the same tensors and other functions: GELU is taken, and --network "
            + "vit_base_patch16_clip_quickgelu_224 --weights FILE says otherwise")
      }
    }
    let isPublished = Self.usualHeads[depth] != nil || [192, 384, 576, 768, 896, 1024].contains(depth)
    guard Self.saidHeads(told) == nil, told.name == nil, !isPublished else { return assumed }
    return assumed + [
      "how many heads its attention has stands nowhere in the weights: \(heads) of \(depth / heads) numbers \(heads == 1 ? "is" : "are") "
        + "assumed, and a config.json beside them with \"num_attention_heads\" says otherwise"
    ]
  }

  var input: [Int] { [channels, grid * patch[0], grid * patch[1]] }

  /// The tokens in front of the patches in order, with how many of each there are.
  var front: [(name: String, count: Int)] {
    ["cls_token", "dist_token", "reg_token"].compactMap { name in
      found.shapes[name].map { (name, $0.count > 2 ? $0[1] : 1) }
    }
  }

  var frontCount: Int { front.reduce(0) { $0 + $1.count } }

  /// `ε` of the normalisations.
  var epsilon: Float {
    if let said = told.number("layer_norm_eps") { return Float(said) }
    switch told.name {
    case "vit", "deit", "beit": return 1e-12
    case let name? where name.hasPrefix("clip"): return 1e-5
    // CLIP's networks normalise in front of the first block, and have PyTorch's own ε.
    default: return found.has("norm_pre") || isDINOv3 ? 1e-5 : 1e-6
    }
  }

  private var activation: TokenFunction {
    let name = told.name ?? ""
    let isSigLIP = ["siglip", "vit_base_patch32_siglip", "vit_giantopt", "vit_so400m"].contains(where: name.hasPrefix)
    let usual: TokenFunction =
      name.hasPrefix("clip") || name.contains("quickgelu")
      ? .quickGELU : isSigLIP ? .plain(.geluTanh) : .plain(.gelu)
    return TokenFunction(named: told.text("hidden_act"), default: usual)
  }

  /// Whether position embeddings are resampled by the smoothing curve, as timm does, and transformers for DINOv2 with
  /// registers only.
  var smoothsPlaces: Bool { told.mark.hasPrefix("blocks.") || told.name == "dinov2_with_registers" }

  func attention(of path: String) -> SelfAttention {
    let stem = path + ".attn"
    var attention = SelfAttention(name: "attn", heads: heads)
    attention.biases = (
      found.has(stem + ".q.bias"), found.has(stem + ".k.bias"), found.has(stem + ".v.bias"),
      found.has(stem + ".proj.bias")
    )
    if isDINOv3 || told.mark.contains("layer.0.attention.q_proj") && isRotary {
      attention.rotation = .dino(front: frontCount, base: told.number("rope_theta") ?? 100)
    } else if isRotary {
      attention.rotation = .eva(front: frontCount)
    }
    if found.has(stem + ".relative_position_bias_table") {
      let heads = heads, front = frontCount, patch = patch, channels = channels
      attention.bias = { network, scores in
        try network.biased(scores, heads: heads, front: front, patch: patch, channels: channels)
      }
    }
    return attention
  }

  /// Whether queries and keys are turned by their places: in EVA-02, whose gated layers and biases no other of these has, and in
  /// DINOv3, which has no other places.
  private var isRotary: Bool {
    if told.name?.contains("eva02") == true || told.name == "dinov3_vit" { return true }
    let gated =
      found.has("blocks.0.mlp.fc1_g")
      || found.weight("blocks.0.mlp.fc2").map { $0.count == 2 && 2 * $0[1] == found.outputs("blocks.0.mlp.fc1") }
        ?? false
    let isEVA =
      gated && found.has("blocks.0.attn.q.bias") && !found.has("blocks.0.attn.k.bias")
      && !found.has("blocks.0.attn.relative_position_bias_table")
    return isEVA || found.shapes["pos_embed"] == nil && found.shapes["reg_token"] != nil
  }

  func perceptron(of path: String, called name: String) -> any Block {
    if let width = found.outputs(path + ".weights_in") {
      return GatedPerceptron(name: name, inner: ["weights_in"], outer: "weights_out", width: width)
    }
    if let width = found.outputs(path + ".gate_proj") {
      // transformers' own function is GELU, that of the published networks SiLU.
      let isSaid = told.name == "dinov3_vit" || told.text("hidden_act") != nil
      return GatedPerceptron(
        name: name, inner: ["gate_proj", "up_proj"], outer: "down_proj", width: width,
        activation: isSaid ? activation : .plain(.silu))
    }
    if let width = found.outputs(path + ".fc1_g") {
      return GatedPerceptron(
        name: name, inner: ["fc1_g", "fc1_x"], outer: "fc2", width: width,
        epsilon: found.has(path + ".norm") ? epsilon : nil)
    }
    if let width = found.outputs(path + ".up_proj") {
      return Perceptron(name: name, layers: ("up_proj", "down_proj"), width: width, activation: activation)
    }
    let width = found.outputs(path + ".fc1") ?? 1
    if let back = found.weight(path + ".fc2"), back.count == 2, back[1] * 2 == width {
      return GatedPerceptron(name: name, inner: ["fc1"], outer: "fc2", width: width)
    }
    return Perceptron(name: name, width: width, activation: activation)
  }

  /// What becomes of the tokens at the end.
  enum Summary { case firstToken, patchMean(normalized: Bool), firstAndMean, attention }

  /// Whether it is one of transformers' networks that were trained with texts.
  private var isContrastive: Bool { told.mark.hasSuffix("self_attn.q_proj") }

  var summary: Summary {
    // transformers' SigLIP classifies the mean, and leaves its attention unused.
    if found.has("attn_pool.latent") {
      return isContrastive && found.has("head") ? .patchMean(normalized: true) : .attention
    }
    if let head = found.weight("head"), head.count == 2, head[1] == 2 * depth { return .firstAndMean }
    let usual = told.mark.hasPrefix("blocks.") && isDINOv3 ? "avg" : "token"
    let pool = told.text("global_pool") ?? told.settings["model_args"]["global_pool"].text ?? usual
    if found.has("fc_norm") || pool == "avg" || found.shapes["cls_token"] == nil {
      return .patchMean(normalized: true)
    }
    // transformers' CLIP classifies the mean before its last normalisation.
    if isContrastive, found.has("head.bias") { return .patchMean(normalized: false) }
    return .firstToken
  }

  var name: String {
    let generic = ["vit", "deit", "dinov2", "dinov2_with_registers", "beit", "clip", "siglip"]
    if let name = told.name, !generic.contains(name) { return name }
    let size =
      [192: "tiny", 384: "small", 768: "base", 1024: "large", 1280: "huge", 1408: "giant"][depth] ?? "\(depth)"
    return "\(told.name ?? (found.has("dist_token") ? "deit" : "vit"))_\(size)_patch\(patch[0])"
  }
}

extension NetworkBuilder {
  /// Scores with what a table says of the distance between query and key, tokens in front having rows of their own (Bao et
  /// al., 2021, as in its authors' implementation).
  fileprivate mutating func biased(
    _ scores: Value, heads: Int, front: Int, patch: [Int], channels: Int
  ) throws -> Value {
    let tokens = scores.shape[scores.shape.count - 1]
    let side = Int(Double(max(0, tokens - front)).squareRoot().rounded())
    try require(front == 1 && side * side + front == tokens, "has a table of relative positions for square images only")
    let reach = 2 * side - 1, rows = reach * reach + 3
    let table = try parameter("relative_position_bias_table", shape: [rows, heads])
    var indices: [Int] = []
    indices.reserveCapacity(tokens * tokens)
    for query in 0..<tokens {
      for key in 0..<tokens {
        switch (query, key) {
        case (0, 0): indices.append(rows - 1)
        case (0, _): indices.append(rows - 3)
        case (_, 0): indices.append(rows - 2)
        default:
          let (q, k) = (query - 1, key - 1)
          indices.append((q / side - k / side + side - 1) * reach + q % side - k % side + side - 1)
        }
      }
    }
    let taken = try add(Gather(indices: indices, indicesShape: [tokens, tokens], axis: 0), [table], as: "bias.taken")
    let bias = try add(Transpose(permutation: [2, 0, 1]), [taken], as: "bias")
    return try add(Arithmetic(.add), [scores, bias], as: "biased")
  }
}
