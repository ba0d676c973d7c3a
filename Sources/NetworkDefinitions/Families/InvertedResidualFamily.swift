/// Networks of inverted residuals by their weights: MobileNetV2 and V3, EfficientNet, Lite and V2.
///
/// Sandler et al., 2018, arXiv:1801.04381; Howard et al., 2019, arXiv:1905.02244; Tan & Le, 2019, arXiv:1905.11946, and 2021,
/// arXiv:2104.00298. Parameters go by timm's names, whose blocks stand in stages or in one row.
enum InvertedResidualFamily: NetworkFamily {
  static let tables = [
    NameTable(mark: "conv_stem"),
    NameTable(
      mark: "_conv_stem",
      [
        "_conv_stem": "conv_stem", "_bn0": "bn1", "_conv_head": "conv_head", "_bn1": "bn2", "_fc": "classifier",
        "_blocks.#._expand_conv": "blocks.{0}.conv_pw", "_blocks.#._bn0": "blocks.{0}.bn1",
        "_blocks.#._depthwise_conv": "blocks.{0}.conv_dw", "_blocks.#._bn1": "blocks.{0}.bn2",
        "_blocks.#._se_reduce": "blocks.{0}.se.conv_reduce", "_blocks.#._se_expand": "blocks.{0}.se.conv_expand",
        "_blocks.#._project_conv": "blocks.{0}.conv_pwl", "_blocks.#._bn2": "blocks.{0}.bn3",
      ]),
    NameTable(
      mark: "efficientnet.encoder.blocks",
      [
        "efficientnet.embeddings.convolution": "conv_stem", "efficientnet.embeddings.batchnorm": "bn1",
        "efficientnet.encoder.blocks.#.expansion.expand_conv": "blocks.{0}.conv_pw",
        "efficientnet.encoder.blocks.#.expansion.expand_bn": "blocks.{0}.bn1",
        "efficientnet.encoder.blocks.#.depthwise_conv.depthwise_conv": "blocks.{0}.conv_dw",
        "efficientnet.encoder.blocks.#.depthwise_conv.depthwise_norm": "blocks.{0}.bn2",
        "efficientnet.encoder.blocks.#.squeeze_excite.reduce": "blocks.{0}.se.conv_reduce",
        "efficientnet.encoder.blocks.#.squeeze_excite.expand": "blocks.{0}.se.conv_expand",
        "efficientnet.encoder.blocks.#.projection.project_conv": "blocks.{0}.conv_pwl",
        "efficientnet.encoder.blocks.#.projection.project_bn": "blocks.{0}.bn3",
        "efficientnet.encoder.top_conv": "conv_head", "efficientnet.encoder.top_bn": "bn2",
      ]),
    NameTable(
      mark: "mobilenet_v2.conv_stem.first_conv",
      [
        "mobilenet_v2.conv_stem.first_conv.convolution": "conv_stem",
        "mobilenet_v2.conv_stem.first_conv.normalization": "bn1",
        "mobilenet_v2.conv_stem.conv_3x3.convolution": "blocks.0.conv_dw",
        "mobilenet_v2.conv_stem.conv_3x3.normalization": "blocks.0.bn2",
        "mobilenet_v2.conv_stem.reduce_1x1.convolution": "blocks.0.conv_pwl",
        "mobilenet_v2.conv_stem.reduce_1x1.normalization": "blocks.0.bn3",
        "mobilenet_v2.layer.#.expand_1x1.convolution": "blocks.{0+1}.conv_pw",
        "mobilenet_v2.layer.#.expand_1x1.normalization": "blocks.{0+1}.bn1",
        "mobilenet_v2.layer.#.conv_3x3.convolution": "blocks.{0+1}.conv_dw",
        "mobilenet_v2.layer.#.conv_3x3.normalization": "blocks.{0+1}.bn2",
        "mobilenet_v2.layer.#.reduce_1x1.convolution": "blocks.{0+1}.conv_pwl",
        "mobilenet_v2.layer.#.reduce_1x1.normalization": "blocks.{0+1}.bn3",
        "mobilenet_v2.conv_1x1.convolution": "conv_head", "mobilenet_v2.conv_1x1.normalization": "bn2",
      ]),
    NameTable(
      mark: "layers.8.0.layers.0",
      [
        "layers.0": "conv_stem", "layers.1": "bn1", "layers.3": "blocks.0.0.conv_dw", "layers.4": "blocks.0.0.bn1",
        "layers.6": "blocks.0.0.conv_pw", "layers.7": "blocks.0.0.bn2", "layers.14": "conv_head", "layers.15": "bn2",
        "layers.#.#.layers.0": "blocks.{0-7}.{1}.conv_pw", "layers.#.#.layers.1": "blocks.{0-7}.{1}.bn1",
        "layers.#.#.layers.3": "blocks.{0-7}.{1}.conv_dw", "layers.#.#.layers.4": "blocks.{0-7}.{1}.bn2",
        "layers.#.#.layers.6": "blocks.{0-7}.{1}.conv_pwl", "layers.#.#.layers.7": "blocks.{0-7}.{1}.bn3",
        "classifier.1": "classifier",
      ]),
    NameTable(mark: "features.1.0.block"), NameTable(mark: "features.1.block"), NameTable(mark: "features.1.conv"),
  ]

  static func arrange(_ weights: inout WeightFile, _ told: NetworkDescription) {
    if told.mark.hasPrefix("features") { TorchvisionRows(Inventory(weights.shapes)).rename(&weights) }
  }

  static func relatives(of found: Inventory, _ told: NetworkDescription) -> [String] {
    guard told.mark == "conv_stem", found.has("blocks.0.0"), told.name == nil else { return [] }
    return InvertedResidualKind.nearest(to: InvertedResidualKind.stages(of: found))
  }

  static func assumptions(of found: Inventory, _ told: NetworkDescription) -> [String] {
    guard told.mark == "conv_stem", told.name == nil, !told.hasLayers else { return [] }
    let plan = InvertedResidualPlan(found, told)
    guard let kind = plan.kind, kind.hasTwin, !plan.isSame else { return [] }
    return [
      "timm's \(plan.name) and tf_\(plan.name) have the same tensors and other margins: \(plan.name) is taken, and "
        + "--network tf_\(plan.name) --weights FILE says otherwise"
    ]
  }

  /// Whether a network of timm's has the strides and functions of these, as others of the same names have not.
  private static func isKnown(_ name: String) -> Bool {
    let own = [
      "efficientnet", "mobilenetv2", "mobilenetv3_large", "mobilenetv3_small", "mnasnet", "fbnetc", "spnasnet",
    ]
    let others = ["blur", "_x_", "_h_", "_gn", "_cc_", "evob", "_g8", "_g16"]
    return own.contains(where: name.contains) && !others.contains(where: name.contains)
  }

  static func definition(of found: Inventory, _ told: NetworkDescription) -> NetworkDefinition? {
    guard told.mark != "conv_stem" || told.name.map(isKnown) ?? true, let stem = found.weight("conv_stem"),
      stem.count == 4, found.has("bn1"), found.has("blocks.0"),
      found.has("conv_head")
    else { return nil }
    let plan = InvertedResidualPlan(found, told)
    // Of timm's names without that of the network, the stages must be those of a network that is known.
    guard told.mark != "conv_stem" || told.name != nil || !found.has("blocks.0.0") || plan.kind != nil else {
      return nil
    }
    guard plan.blocks.allSatisfy({ $0.isKnown }) else { return nil }
    return NetworkDefinition(
      plan.name, source: "Tan & Le, 2019, arXiv:1905.11946", input: [stem[1], plan.side, plan.side],
      usualClasses: found.outputs("classifier") ?? found.outputs("conv_head") ?? 1000, classifier: "classifier"
    ) { classes in
      Convolution(
        "conv_stem", channels: stem[0], kernel: stem[2], stride: 2, padding: stem[2] / 2, bias: false, same: plan.isSame
      )
      BatchNormalization("bn1", epsilon: plan.epsilon)
      Activation("act1", plan.outer)
      Sequential("blocks") {
        for stage in plan.stages { plan.stage(stage) }
      }
      if plan.isV3 {
        GlobalAveragePool("global_pool")
        Convolution(
          "conv_head", channels: found.outputs("conv_head") ?? 1, kernel: 1, bias: found.has("conv_head.bias"))
        Activation("act2", plan.outer)
      } else {
        Convolution("conv_head", channels: found.outputs("conv_head") ?? 1, kernel: 1, bias: false)
        BatchNormalization("bn2", epsilon: plan.epsilon)
        Activation("act2", plan.outer)
        GlobalAveragePool("global_pool")
      }
      Flatten()
      if found.has("classifier") { Linear("classifier", outputs: classes, bias: found.has("classifier.bias")) }
    }
  }
}
