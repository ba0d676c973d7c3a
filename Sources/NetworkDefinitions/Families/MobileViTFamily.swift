import GraphEngine
import Kernels

/// MobileViT by its weights (Mehta & Rastegari, 2021, arXiv:2110.02178; V2: 2022, arXiv:2206.02680), under timm's names but for
/// queries, keys and values, which stand apart.
enum MobileViTFamily: NetworkFamily {
  static let tables =
    [NameTable(mark: "stages.2.1.conv_kxk.conv")]
    + ["mobilevit.", "mobilevitv2.", ""].map(transformers)

  private static func transformers(_ prefix: String) -> NameTable {
    let layer = prefix + "encoder.layer.#", inner = layer + ".transformer.layer.#", ours = "stages.{0}.1"
    let parts = [("convolution", "conv"), ("normalization", "bn")]
    let residual = [("expand_1x1", "conv1_1x1"), ("conv_3x3", "conv2_kxk"), ("reduce_1x1", "conv3_1x1")]
    var lines = parts.flatMap { theirs, mine -> [(String, String)] in
      residual.flatMap { part in
        [
          ("\(layer).layer.#.\(part.0).\(theirs)", "stages.{0}.{1}.\(part.1).\(mine)"),
          ("\(layer).downsampling_layer.\(part.0).\(theirs)", "stages.{0}.0.\(part.1).\(mine)"),
        ]
      } + [
        ("\(prefix)conv_stem.\(theirs)", "stem.\(mine)"), ("\(prefix)conv_1x1_exp.\(theirs)", "final_conv.\(mine)"),
        ("\(layer).conv_kxk.\(theirs)", "\(ours).conv_kxk.\(mine)"),
        ("\(layer).conv_projection.\(theirs)", "\(ours).conv_proj.\(mine)"),
        ("\(layer).fusion.\(theirs)", "\(ours).conv_fusion.\(mine)"),
      ]
    }
    lines += [
      (layer + ".conv_1x1.convolution", ours + ".conv_1x1"), (layer + ".layernorm", ours + ".norm"),
      ("classifier", "head.fc"),
    ]
    lines += [
      ("attention.attention.query", "attn.q"), ("attention.attention.key", "attn.k"),
      ("attention.attention.value", "attn.v"), ("attention.output.dense", "attn.proj"),
      ("attention.qkv_proj.convolution", "attn.qkv_proj"), ("attention.out_proj.convolution", "attn.out_proj"),
      ("intermediate.dense", "mlp.fc1"), ("output.dense", "mlp.fc2"), ("ffn.conv1.convolution", "mlp.fc1"),
      ("ffn.conv2.convolution", "mlp.fc2"), ("layernorm_before", "norm1"), ("layernorm_after", "norm2"),
    ].map { ("\(inner).\($0.0)", "\(ours).transformer.{1}.\($0.1)") }
    return NameTable(mark: layer.replacing("#", with: "2") + ".conv_kxk", lines: lines)
  }

  static func arrange(_ weights: inout WeightFile, _ told: NetworkDescription) { weights.splitAttention() }

  static func definition(of found: Inventory, _ told: NetworkDescription) -> NetworkDefinition? {
    guard let plan = MobileViTPlan(found, told) else { return nil }
    return NetworkDefinition(
      plan.name, source: plan.isSecond ? "arXiv:2206.02680" : "Mehta & Rastegari, 2021, arXiv:2110.02178",
      input: [plan.stem[1], plan.side, plan.side],
      usualClasses: found.outputs("head.fc") ?? found.outputs("final_conv.conv") ?? 1, classifier: "head.fc"
    ) { classes in
      plan.layer("stem", of: "stem", stride: 2)
      for stage in 0..<found.count("stages.#") {
        Sequential("stages.\(stage)") {
          for place in 0..<found.count("stages.\(stage).#") { plan.block(stage, place) }
        }
      }
      if found.has("final_conv") { plan.layer("final_conv", of: "final_conv") }
      GlobalAveragePool("head.global_pool")
      Flatten("head.flatten")
      if found.has("head.fc") { Linear("head.fc", outputs: classes) }
    }
  }
}

/// What the shapes of the weights tell of a MobileViT, and what its library's description adds.
struct MobileViTPlan: Sendable {
  let found: Inventory
  let stem: [Int]
  let heads: Int
  let epsilon: Float
  /// Whether it is V2, whose attention costs as much as its tokens are many.
  let isSecond: Bool
  /// Whether V2's maps of odd extents are enlarged for their patches, as timm does.
  let enlarges: Bool
  let side: Int
  let name: String

  init?(_ found: Inventory, _ told: NetworkDescription) {
    guard let stem = found.weight("stem.conv"), stem.count == 4, found.has("stages.2.1.transformer.0.norm1") else {
      return nil
    }
    (self.found, self.stem) = (found, stem)
    isSecond = found.has("stages.2.1.transformer.0.attn.qkv_proj")
    heads = told.integer("num_attention_heads") ?? 4
    epsilon = Float(told.number("layer_norm_eps") ?? 1e-5)
    enlarges = told.mark.hasPrefix("stages")
    side = told.imageSide ?? 256
    let generic = ["mobilevit", "mobilevitv2"]
    let widths = [320: "xxs", 384: "xs", 640: "s"]
    let size = found.outputs("final_conv.conv").map { widths[$0] ?? "\($0)" } ?? "\(stem[0] * 100 / 32)"
    name = told.name.flatMap { generic.contains($0) ? nil : $0 } ?? (isSecond ? "mobilevitv2_" : "mobilevit_") + size
  }

  /// A convolution with its normalisation, and SiLU unless it is left out.
  func layer(_ name: String, of path: String, stride: Int = 1, isActive: Bool = true) -> Sequential {
    let shape = found.filters(path + ".conv")
    // Of one input channel for each filter are depthwise convolutions, and none else.
    let groups = shape[1] == 1 && shape[2] > 1 ? shape[0] : 1
    return Sequential(name) {
      Convolution(
        "conv", channels: shape[0], kernel: shape[2], stride: stride, padding: shape[2] / 2, groups: groups, bias: false
      )
      BatchNormalization("bn")
      if isActive { Activation("bn.act", .silu) }
    }
  }

  @BlockBuilder func block(_ stage: Int, _ place: Int) -> [any Block] {
    let path = "stages.\(stage).\(place)"
    if found.has(path + ".transformer") {
      MobileViTBlock(name: "\(place)", path: path, plan: self)
    } else {
      let stride = stage > 0 && place == 0 ? 2 : 1
      let layers = Group {
        layer("conv1_1x1", of: path + ".conv1_1x1")
        layer("conv2_kxk", of: path + ".conv2_kxk", stride: stride)
        layer("conv3_1x1", of: path + ".conv3_1x1", isActive: false)
      }
      let keepsShape =
        stride == 1 && found.outputs(path + ".conv3_1x1.conv") == found.filters(path + ".conv1_1x1.conv")[1]
      Sequential("\(place)") {
        if keepsShape { Residual { layers } } else { layers }
      }
    }
  }
}

/// Attention among places that lie alike in patches of 2 × 2, between convolutions (figure 1b).
private struct MobileViTBlock: Block {
  let name: String?
  let path: String
  let plan: MobileViTPlan

  func output(of input: NetworkBuilder.Value, in network: inout NetworkBuilder) throws -> NetworkBuilder.Value {
    let found = plan.found
    let even = input.shape.suffix(2).map { ($0 + 1) / 2 * 2 }
    try network.require(
      !plan.isSecond || plan.enlarges || even == Array(input.shape.suffix(2)),
      "needs maps of even extents, and its input is \(spelled(input.shape)): choose images of a multiple of 64")
    // V2 has its maps enlarged from the first, V1 for attention only.
    var map = plan.isSecond ? try network.enlarged(input, to: even, alignsCorners: true, as: "even") : input
    map = try network.apply(plan.layer("conv_kxk", of: path + ".conv_kxk"), to: map)
    let width = found.filters(path + ".conv_1x1")[0]
    map = try network.apply(Convolution("conv_1x1", channels: width, kernel: 1, bias: false), to: map)
    let extent = Array(map.shape.suffix(2))
    map = try network.enlarged(map, to: even, alignsCorners: false, as: "even")
    map = plan.isSecond ? try separable(map, in: &network) : try attended(map, in: &network)
    map = try network.enlarged(map, to: extent, alignsCorners: false, as: "uneven")
    map = try network.apply(plan.layer("conv_proj", of: path + ".conv_proj", isActive: !plan.isSecond), to: map)
    guard found.has(path + ".conv_fusion") else { return map }
    let both = try network.concatenated([input, map])
    return try network.apply(plan.layer("conv_fusion", of: path + ".conv_fusion"), to: both)
  }

  /// V1: attention of several heads, `[N, C, H, W]` as tokens `[N·4, HW/4, C]` and back.
  private func attended(
    _ map: NetworkBuilder.Value, in network: inout NetworkBuilder
  ) throws -> NetworkBuilder.Value {
    let shape = map.shape, (rows, columns) = (shape[2] / 2, shape[3] / 2)
    let cut = try network.add(Reshape(to: [shape[0], shape[1], rows, 2, columns, 2]), [map], as: "cut")
    let ordered = try network.add(Transpose(permutation: [0, 3, 5, 2, 4, 1]), [cut], as: "ordered")
    var tokens = try network.add(Reshape(to: [shape[0] * 4, rows * columns, shape[1]]), [ordered], as: "tokens")
    for place in 0..<plan.found.count(path + ".transformer.#") {
      let layer = "\(path).transformer.\(place)"
      let attention = SelfAttention(name: "attn", heads: plan.heads)
      let perceptron = Perceptron(
        name: "mlp", width: plan.found.outputs(layer + ".mlp.fc1") ?? 1, activation: .plain(.silu))
      let block = Sequential("transformer.\(place)") {
        Residual {
          LayerNormalization("norm1", epsilon: plan.epsilon)
          attention
        }
        Residual {
          LayerNormalization("norm2", epsilon: plan.epsilon)
          perceptron
        }
      }
      tokens = try network.apply(block, to: tokens)
    }
    tokens = try network.apply(LayerNormalization("norm", epsilon: plan.epsilon), to: tokens)
    let apart = try network.add(Reshape(to: [shape[0], 2, 2, rows, columns, shape[1]]), [tokens], as: "apart")
    let back = try network.add(Transpose(permutation: [0, 5, 3, 1, 4, 2]), [apart], as: "back")
    return try network.add(Reshape(to: shape), [back], as: "map")
  }

  /// V2: attention of one query for each token, `[N, C, H, W]` as `[N, C, 4, HW/4]` and back.
  private func separable(
    _ map: NetworkBuilder.Value, in network: inout NetworkBuilder
  ) throws -> NetworkBuilder.Value {
    let shape = map.shape, (rows, columns) = (shape[2] / 2, shape[3] / 2)
    let cut = try network.add(Reshape(to: [shape[0], shape[1], rows, 2, columns, 2]), [map], as: "cut")
    let ordered = try network.add(Transpose(permutation: [0, 1, 3, 5, 2, 4]), [cut], as: "ordered")
    var tokens = try network.add(Reshape(to: [shape[0], shape[1], 4, rows * columns]), [ordered], as: "tokens")
    for place in 0..<plan.found.count(path + ".transformer.#") {
      let width = plan.found.outputs("\(path).transformer.\(place).mlp.fc1") ?? 1
      let block = Sequential("transformer.\(place)") {
        Residual {
          ImageNormalization(name: "norm1", epsilon: plan.epsilon)
          SeparableAttention(name: "attn")
        }
        Residual {
          ImageNormalization(name: "norm2", epsilon: plan.epsilon)
          Convolution("mlp.fc1", channels: width, kernel: 1)
          Activation("mlp.act", .silu)
          Convolution("mlp.fc2", channels: shape[1], kernel: 1)
        }
      }
      tokens = try network.apply(block, to: tokens)
    }
    tokens = try network.apply(ImageNormalization(name: "norm", epsilon: plan.epsilon), to: tokens)
    let apart = try network.add(Reshape(to: [shape[0], shape[1], 2, 2, rows, columns]), [tokens], as: "apart")
    let back = try network.add(Transpose(permutation: [0, 1, 4, 2, 5, 3]), [apart], as: "back")
    return try network.add(Reshape(to: shape), [back], as: "map")
  }
}

extension NetworkBuilder {
  /// A map of another extent, by bilinear interpolation; itself where it has it.
  fileprivate mutating func enlarged(
    _ map: Value, to extent: [Int], alignsCorners: Bool, as name: String
  ) throws -> Value {
    guard Array(map.shape.suffix(2)) != extent else { return map }
    let axes = try zip([2, 3], extent).map { axis, target in
      Resize.Axis(axis, try .linear(from: map.shape[axis], to: target, alignsCorners: alignsCorners))
    }
    return try add(Resize(axes), [map], as: name)
  }
}
