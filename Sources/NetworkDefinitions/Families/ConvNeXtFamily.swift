import GraphEngine
import Kernels

/// ConvNeXt by its weights (Liu et al., 2022, arXiv:2201.03545; V2: Woo et al., 2023, arXiv:2301.00808), under timm's names.
enum ConvNeXtFamily: NetworkFamily {
  static let tables = [
    NameTable(mark: "stages.0.blocks.0.conv_dw"), transformers("convnext."), transformers("convnextv2."),
    transformers(""),
    NameTable(
      mark: "downsample_layers.0.0",
      [
        "downsample_layers.0": "stem", "downsample_layers.#": "stages.{0}.downsample",
        "stages.#.#.dwconv": "stages.{0}.blocks.{1}.conv_dw", "stages.#.#.norm": "stages.{0}.blocks.{1}.norm",
        "stages.#.#.pwconv1": "stages.{0}.blocks.{1}.mlp.fc1", "stages.#.#.pwconv2": "stages.{0}.blocks.{1}.mlp.fc2",
        "stages.#.#.gamma": "stages.{0}.blocks.{1}.gamma",
        "stages.#.#.grn.gamma": "stages.{0}.blocks.{1}.mlp.grn.weight",
        "stages.#.#.grn.beta": "stages.{0}.blocks.{1}.mlp.grn.bias", "norm": "head.norm", "head": "head.fc",
      ]),
    NameTable(
      mark: "features.1.0.layer_scale",
      lines: (0..<4).flatMap { stage -> [(String, String)] in
        let theirs = "features.\(2 * stage + 1).#", ours = "stages.\(stage).blocks.{0}"
        return [
          ("\(theirs).layer_scale", "\(ours).gamma"), ("\(theirs).block.0", "\(ours).conv_dw"),
          ("\(theirs).block.2", "\(ours).norm"), ("\(theirs).block.3", "\(ours).mlp.fc1"),
          ("\(theirs).block.5", "\(ours).mlp.fc2"),
          ("features.\(2 * stage).0", stage == 0 ? "stem.0" : "stages.\(stage).downsample.0"),
          ("features.\(2 * stage).1", stage == 0 ? "stem.1" : "stages.\(stage).downsample.1"),
        ]
      } + [("classifier.0", "head.norm"), ("classifier.2", "head.fc")]),
  ]

  private static func transformers(_ prefix: String) -> NameTable {
    NameTable(
      mark: prefix + "encoder.stages.0.layers.0.dwconv",
      [
        "\(prefix)embeddings.patch_embeddings": "stem.0", "\(prefix)embeddings.layernorm": "stem.1",
        "\(prefix)encoder.stages.#.downsampling_layer": "stages.{0}.downsample",
        "\(prefix)encoder.stages.#.layers.#.dwconv": "stages.{0}.blocks.{1}.conv_dw",
        "\(prefix)encoder.stages.#.layers.#.layernorm": "stages.{0}.blocks.{1}.norm",
        "\(prefix)encoder.stages.#.layers.#.pwconv1": "stages.{0}.blocks.{1}.mlp.fc1",
        "\(prefix)encoder.stages.#.layers.#.pwconv2": "stages.{0}.blocks.{1}.mlp.fc2",
        "\(prefix)encoder.stages.#.layers.#.grn": "stages.{0}.blocks.{1}.mlp.grn",
        "\(prefix)encoder.stages.#.layers.#.layer_scale_parameter": "stages.{0}.blocks.{1}.gamma",
        "\(prefix)layernorm": "head.norm", "classifier": "head.fc",
      ])
  }

  static func definition(of found: Inventory, _ told: NetworkDescription) -> NetworkDefinition? {
    guard let patches = found.weight("stem.0"), patches.count == 4, found.has("stages.0.blocks.0.conv_dw") else {
      return nil
    }
    let stages = found.count("stages.#")
    let features = found.outputs("stages.\(stages - 1).blocks.0.conv_dw") ?? 1
    // transformers have another ε for the last normalisation alone.
    let last = told.number("layer_norm_eps").map { Float($0) } ?? 1e-6
    let generic = ["convnext", "convnextv2"]
    return NetworkDefinition(
      told.name.flatMap { generic.contains($0) ? nil : $0 } ?? name(of: found, width: patches[0]),
      source: "Liu et al., 2022, arXiv:2201.03545", input: [patches[1], 224, 224],
      usualClasses: found.outputs("head.fc") ?? features, classifier: "head.fc"
    ) { classes in
      Sequential("stem") {
        Convolution("0", channels: patches[0], kernel: patches[2], stride: patches[2])
        ChannelNormalization("1", epsilon: 1e-6)
      }
      for stage in 0..<stages {
        Sequential("stages.\(stage)") {
          if let shape = found.weight("stages.\(stage).downsample.1"), shape.count == 4 {
            Sequential("downsample") {
              ChannelNormalization("0", epsilon: 1e-6)
              Convolution("1", channels: shape[0], kernel: shape[2], stride: shape[2])
            }
          }
          Sequential("blocks") {
            for place in 0..<found.count("stages.\(stage).blocks.#") {
              block("stages.\(stage).blocks.\(place)", called: "\(place)", found)
            }
          }
        }
      }
      GlobalAveragePool("head.global_pool")
      Flatten("head.flatten")
      if found.has("head.norm") { LayerNormalization("head.norm", epsilon: last) }
      if found.has("head.fc") { Linear("head.fc", outputs: classes) }
    }
  }

  /// Figure 4: a depthwise convolution, normalisation, and two layers that see each position by itself.
  private static func block(_ path: String, called name: String, _ found: Inventory) -> Sequential {
    let shape = found.filters(path + ".conv_dw")
    return Sequential(name) {
      Residual {
        Convolution("conv_dw", channels: shape[0], kernel: shape[2], padding: shape[2] / 2, groups: shape[0])
        PositionwiseLayers(
          width: found.outputs(path + ".mlp.fc1") ?? 1, normalizesResponse: found.has(path + ".mlp.grn"),
          isScaled: found.has(path + ".gamma"))
      }
    }
  }

  private static func name(of found: Inventory, width: Int) -> String {
    let depths = (0..<4).map { found.count("stages.\($0).blocks.#") }
    let size =
      switch (width, depths[2]) {
      case (96, 9): "tiny"
      case (96, 27): "small"
      case (128, 27): "base"
      case (192, 27): "large"
      case (256, 27): "xlarge"
      case (40, 6): "atto"
      case (48, 6): "femto"
      case (64, 6): "pico"
      case (80, 8): "nano"
      default: "\(width)"
      }
    return (found.has("stages.0.blocks.0.mlp.grn") ? "convnextv2_" : "convnext_") + size
  }
}

/// What a ConvNeXt block does to each position, its channels last.
private struct PositionwiseLayers: Block {
  let name: String? = ""
  let width: Int
  let normalizesResponse: Bool
  let isScaled: Bool

  func output(of input: NetworkBuilder.Value, in network: inout NetworkBuilder) throws -> NetworkBuilder.Value {
    let moved = try network.add(Transpose(permutation: [0, 2, 3, 1]), [input], as: "moved")
    let normalized = try network.apply(LayerNormalization("norm", epsilon: 1e-6), to: moved)
    var value = try network.within("mlp") { network in
      let wide = try network.apply(Projection("fc1", outputs: width), to: normalized)
      var active = try network.add(ElementwiseFunction(.gelu), [wide], as: "act")
      if normalizesResponse { active = try network.apply(ResponseNormalization(name: "grn"), to: active) }
      return try network.apply(Projection("fc2", outputs: input.shape[1]), to: active)
    }
    if isScaled { value = try network.apply(LayerScale(name: ""), to: value) }
    return try network.add(Transpose(permutation: [0, 3, 1, 2]), [value], as: "back")
  }
}

/// Global response normalisation of `[N, H, W, C]`: `x + γ·x·g/mean(g) + β` with `g = ‖x‖₂` over the positions of a channel
/// (Woo et al., 2023, algorithm 1).
private struct ResponseNormalization: Block {
  let name: String?

  func output(of input: NetworkBuilder.Value, in network: inout NetworkBuilder) throws -> NetworkBuilder.Value {
    let channels = [input.shape[3]]
    let norms = try network.add(Reduction(.l2, axes: [1, 2], keepsDimensions: true), [input], as: "norms")
    let mean = try network.add(Reduction(.mean, axes: [3], keepsDimensions: true), [norms], as: "mean")
    let kept = try network.add(ElementwiseFunction(.linear(1, 1e-6)), [mean], as: "mean.kept")
    let ratio = try network.add(Arithmetic(.divide), [norms, kept], as: "ratio")
    let scaled = try network.add(Arithmetic(.multiply), [input, ratio], as: "response")
    let weighted = try network.add(
      Arithmetic(.multiply), [scaled, network.parameter("weight", shape: channels)], as: "weighted")
    let shifted = try network.add(
      Arithmetic(.add), [weighted, network.parameter("bias", shape: channels)], as: "shifted")
    return try network.add(Arithmetic(.add), [input, shifted], as: "add")
  }
}
