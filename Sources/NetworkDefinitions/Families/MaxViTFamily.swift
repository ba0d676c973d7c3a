import GraphEngine
import Kernels

/// MaxViT by its weights (Tu et al., 2022, arXiv:2204.01697), under timm's names but for queries, keys and values, which stand
/// apart where each head's do not stand together.
enum MaxViTFamily: NetworkFamily {
  static let tables = [
    NameTable(
      mark: "stages.0.blocks.0.conv.conv1_1x1",
      [
        "stages.#.blocks.#.attn_block.attn.rel_pos": "stages.{0}.blocks.{1}.attn_block.attn",
        "stages.#.blocks.#.attn_grid.attn.rel_pos": "stages.{0}.blocks.{1}.attn_grid.attn",
      ]),
    NameTable(
      mark: "blocks.0.layers.0.layers.MBconv", ignoring: ["*relative_position_index"],
      lines: [
        ("stem.0.0", "stem.conv1"), ("stem.0.1", "stem.norm1"), ("stem.1.0", "stem.conv2"),
        ("classifier.2", "head.norm"), ("classifier.3", "head.pre_logits.fc"), ("classifier.5", "head.fc"),
      ]
        + [
          ("MBconv.proj.1", "conv.shortcut.expand"), ("MBconv.layers.pre_norm", "conv.pre_norm"),
          ("MBconv.layers.conv_a.0", "conv.conv1_1x1"), ("MBconv.layers.conv_a.1", "conv.norm1"),
          ("MBconv.layers.conv_b.0", "conv.conv2_kxk"), ("MBconv.layers.conv_b.1", "conv.norm2"),
          ("MBconv.layers.squeeze_excitation", "conv.se"), ("MBconv.layers.conv_c", "conv.conv3_1x1"),
        ].map { ("blocks.#.layers.#.layers.\($0.0)", "stages.{0}.blocks.{1}.\($0.1)") }
        + [("window_attention", "attn_block"), ("grid_attention", "attn_grid")].flatMap { part in
          [
            ("attn_layer.0", "norm1"), ("attn_layer.1.to_qkv", "attn.qkv"), ("attn_layer.1.merge", "attn.proj"),
            ("attn_layer.1", "attn"), ("mlp_layer.0", "norm2"), ("mlp_layer.1", "mlp.fc1"), ("mlp_layer.3", "mlp.fc2"),
          ].map { ("blocks.#.layers.#.layers.\(part.0).\($0.0)", "stages.{0}.blocks.{1}.\(part.1).\($0.1)") }
        }),
  ]

  static func arrange(_ weights: inout WeightFile, _ told: NetworkDescription) {
    if MaxViTPlan.Kind(Inventory(weights.shapes), told) != .timm { weights.splitAttention() }
  }

  static func definition(of found: Inventory, _ told: NetworkDescription) -> NetworkDefinition? {
    guard let plan = MaxViTPlan(found, told) else { return nil }
    return NetworkDefinition(
      plan.name, source: "Tu et al., 2022, arXiv:2204.01697", input: [plan.stem[1], plan.side, plan.side],
      usualClasses: found.outputs("head.fc") ?? found.outputs("head.norm") ?? found.outputs("norm") ?? 1,
      classifier: "head.fc"
    ) { classes in
      Sequential("stem") {
        plan.convolution("conv1", of: "stem", stride: 2)
        plan.normalization("norm1")
        Activation("norm1.act", plan.activation)
        plan.convolution("conv2", of: "stem")
      }
      for stage in 0..<found.count("stages.#") {
        Sequential("stages.\(stage)") {
          for place in 0..<found.count("stages.\(stage).blocks.#") { plan.block(stage, place) }
        }
      }
      if found.has("norm") { ChannelNormalization("norm", epsilon: plan.tokenEpsilon) }
      GlobalAveragePool("head.global_pool")
      Flatten("head.flatten")
      if found.has("head.norm") { LayerNormalization("head.norm", epsilon: plan.tokenEpsilon) }
      if let width = found.outputs("head.pre_logits.fc") {
        Linear("head.pre_logits.fc", outputs: width)
        Activation("head.pre_logits.act", .tanh)
      }
      if found.has("head.fc") { Linear("head.fc", outputs: classes, bias: found.has("head.fc.bias")) }
    }
  }
}

/// What the shapes of the weights tell of a MaxViT, and what follows from whose implementation it is.
struct MaxViTPlan: Sendable {
  /// Whose implementation it is, which differ in functions, margins and numbers that no shape tells.
  enum Kind: Sendable {
    /// timm's own, trained by its author: `maxvit_tiny_rw_224`.
    case timm
    /// The authors' own, from TensorFlow: `maxvit_tiny_tf_224`.
    case authors
    case torchvision

    init(_ found: Inventory, _ told: NetworkDescription) {
      let table = found.shapes["stages.0.blocks.0.attn_block.attn.relative_position_bias_table"]
      self = told.mark.hasPrefix("blocks") ? .torchvision : table?.count == 3 ? .authors : .timm
    }
  }

  let found: Inventory
  let kind: Kind
  let stem: [Int]
  /// The extent of windows and grids along either axis.
  let window: Int
  let name: String

  init?(_ found: Inventory, _ told: NetworkDescription) {
    let attention = "stages.0.blocks.0.attn_block.attn."
    guard let stem = found.weight("stem.conv1"), stem.count == 4, found.has(attention + "proj") else { return nil }
    (self.found, self.stem, kind) = (found, stem, Kind(found, told))
    if let table = found.shapes[attention + "relative_position_bias_table"] {
      window = table.count == 3 ? (table[1] + 1) / 2 : (Int(Double(table[0]).squareRoot().rounded()) + 1) / 2
    } else {
      // Two layers make the numbers of any window; all were trained with a 32nd of the image.
      window = (told.imageSide ?? 224) / 32
    }
    guard window > 0 else { return nil }
    let widths = [64: "tiny", 96: "small", 128: "large", 192: "xlarge", 32: "pico"]
    let width = found.outputs("stages.0.blocks.0.attn_block.norm1") ?? 0
    name = told.name ?? "maxvit_" + (widths[width] ?? "\(width)")
  }

  /// The height and width of the images it was trained with.
  var side: Int { 32 * window }
  var activation: UnaryFunction { kind == .timm ? .silu : kind == .authors ? .geluTanh : .gelu }
  /// `ε` of the normalisations of tokens.
  var tokenEpsilon: Float { kind == .timm ? 1e-6 : 1e-5 }

  func normalization(_ name: String) -> BatchNormalization {
    BatchNormalization(name, epsilon: kind == .timm ? 1e-5 : 1e-3)
  }

  func convolution(_ layer: String, of path: String, stride: Int = 1) -> Convolution {
    let shape = found.filters("\(path).\(layer)")
    return Convolution(
      layer, channels: shape[0], kernel: shape[2], stride: stride, padding: shape[2] / 2,
      groups: layer == "conv2_kxk" ? shape[0] / max(shape[1], 1) : 1, bias: found.has("\(path).\(layer).bias"),
      same: kind == .authors)
  }

  /// Figure 2: an inverted residual, attention among neighbours, and attention across the map.
  func block(_ stage: Int, _ place: Int) -> Sequential {
    let path = "stages.\(stage).blocks.\(place)"
    return Sequential("blocks.\(place)") {
      Sequential("conv") { invertedResidual(path + ".conv", stride: place == 0 ? 2 : 1) }
      ChannelsLast(name: "moved")
      if found.has(path + ".attn_block") { attention("attn_block", of: path, .blocks) }
      attention("attn_grid", of: path, .grid)
      ChannelsFirst(name: "back")
    }
  }

  @BlockBuilder private func invertedResidual(_ path: String, stride: Int) -> [any Block] {
    Residual {
      normalization("pre_norm")
      convolution("conv1_1x1", of: path)
      normalization("norm1")
      Activation("norm1.act", activation)
      convolution("conv2_kxk", of: path, stride: stride)
      normalization("norm2")
      Activation("norm2.act", activation)
      if let width = found.outputs(path + ".se.fc1") {
        SqueezeExcitation(name: "se", width: width, activation: .silu)
      }
      convolution("conv3_1x1", of: path)
    } shortcut: {
      if stride > 1 {
        // torchvision's means are of 3 × 3, margins included.
        AveragePool(
          "shortcut.pool", kernel: kind == .torchvision ? 3 : 2, stride: 2, padding: kind == .torchvision ? 1 : 0)
      }
      if found.has(path + ".shortcut.expand") { convolution("shortcut.expand", of: path) }
    }
  }

  private func attention(_ name: String, of path: String, _ windows: WindowAttention.Windows) -> Sequential {
    let stem = "\(path).\(name)"
    let depth = found.outputs(stem + ".norm1") ?? 32
    // All heads have 32 numbers.
    var attention = SelfAttention(name: "", heads: max(1, depth / 32))
    attention.isJoint = kind == .timm
    // torchvision divides by the root of all heads' width.
    if kind == .torchvision { attention.scale = 1 / Float(depth).squareRoot() }
    let distances: WindowDistances =
      found.outputs(stem + ".attn.mlp.fc1").map { .logarithmic(width: $0) } ?? (kind == .authors ? .planes : .table)
    return Sequential(name) {
      Residual {
        LayerNormalization("norm1", epsilon: tokenEpsilon)
        WindowAttention(name: "attn", window: window, windows: windows, attention: attention, distances: distances)
      }
      Residual {
        LayerNormalization("norm2", epsilon: tokenEpsilon)
        Perceptron(
          name: "mlp", width: found.outputs(stem + ".mlp.fc1") ?? 1,
          activation: .plain(kind == .authors ? .geluTanh : .gelu))
      }
    }
  }
}

/// `[N, H, W, C]` as a map `[N, C, H, W]`.
private struct ChannelsFirst: Block {
  let name: String?

  func output(of input: NetworkBuilder.Value, in network: inout NetworkBuilder) throws -> NetworkBuilder.Value {
    try network.add(Transpose(permutation: [0, 3, 1, 2]), [input])
  }
}
