import GraphEngine
import Kernels

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

/// What the shapes of the weights tell of a network of inverted residuals, and what follows from that.
struct InvertedResidualPlan: Sendable {
  let found: Inventory
  let told: NetworkDescription
  private(set) var blocks: [Block] = []
  /// Which published network of timm's it is by its stages, where nobody says its name.
  let kind: InvertedResidualKind?

  struct Block: Sendable {
    /// `blocks.1.0`.
    let path: String
    let stage: Int
    /// Whether its stage begins with it.
    let isFirst: Bool
    let stride: Int
    let input: Int
    let output: Int

    var isKnown: Bool { input > 0 && output > 0 }
  }

  init(_ found: Inventory, _ told: NetworkDescription) {
    (self.found, self.told) = (found, told)
    let isNested = found.has("blocks.0.0")
    kind = told.mark == "conv_stem" && told.name == nil && isNested ? InvertedResidualKind(of: found) : nil
    var row: [(path: String, stage: Int)] = []
    for outer in 0..<found.count("blocks.#") {
      if isNested {
        row += (0..<found.count("blocks.\(outer).#")).map { ("blocks.\(outer).\($0)", outer) }
      } else {
        row.append(("blocks.\(outer)", 0))
      }
    }
    let ends = row.map { (Self.input(of: $0.path, found), Self.output(of: $0.path, found)) }
    if !isNested {
      // A stage begins where the number of channels changes; MobileNetV2's narrow ones change none, and are counted.
      let counts = [1, 2, 3, 4, 3, 3, 1]
      let isV2 = row.count == 17 && !row.contains { found.has($0.path + ".se") }
      let said = isV2 ? counts : Self.saidCounts(told, of: row.count)
      var stage = 0, starts: Set<Int> = []
      for count in said ?? [] { (starts, stage) = (starts.union([stage]), stage + count) }
      stage = -1
      for index in row.indices {
        if index == 0 || (said != nil ? starts.contains(index) : ends[index].0 != ends[index].1) { stage += 1 }
        row[index].stage = stage
      }
    }
    let isSmall = !found.has("bn2") && Self.isSmall(found)
    // MobileNetV3-Small halves its maps in the first three stages; all others have these strides, as far as they go.
    let strides = isSmall ? [2, 2, 2, 1, 2, 1] : [1, 2, 2, 2, 1, 2, 1]
    for (index, (path, stage)) in row.enumerated() {
      let isFirst = index == 0 || row[index - 1].stage != stage
      blocks.append(
        Block(
          path: path, stage: stage, isFirst: isFirst, stride: isFirst && stage < strides.count ? strides[stage] : 1,
          input: ends[index].0, output: ends[index].1))
    }
  }

  /// How many blocks transformers' configuration says that each stage has; narrow stages may not be told apart by their widths.
  private static func saidCounts(_ told: NetworkDescription, of blocks: Int) -> [Int]? {
    guard told.mark.hasPrefix("efficientnet.") else { return nil }
    let repeats = told.settings["num_block_repeats"].list?.compactMap(\.number) ?? [1, 2, 2, 3, 3, 4, 1]
    let factor = told.number("depth_coefficient") ?? 2
    let counts = repeats.map { Int((factor * $0).rounded(.up)) }
    return counts.reduce(0, +) == blocks ? counts : nil
  }

  /// Whether it is MobileNetV3-Small rather than Large.
  ///
  /// It has six stages rather than seven, or, where all blocks stand in one row, a gate in the first of them. The networks
  /// called minimal have no gates.
  private static func isSmall(_ found: Inventory) -> Bool {
    found.has("blocks.0.0") ? found.count("blocks.#") == 6 : found.has("blocks.0.se")
  }

  private static func input(of path: String, _ found: Inventory) -> Int {
    for layer in ["conv", "conv_exp"] {
      if found.has("\(path).\(layer)") { return found.filters("\(path).\(layer)")[1] }
    }
    if found.has(path + ".conv_pwl"), found.has(path + ".conv_pw") { return found.filters(path + ".conv_pw")[1] }
    return found.outputs(path + ".conv_dw") ?? 0
  }

  private static func output(of path: String, _ found: Inventory) -> Int {
    found.outputs(path + ".conv_pwl") ?? found.outputs(path + ".conv_pw") ?? found.outputs(path + ".conv") ?? 0
  }

  // MARK: What follows

  /// MobileNetV3's head has no normalisation.
  var isV3: Bool { !found.has("bn2") }
  var hasGates: Bool { blocks.contains { found.has($0.path + ".se") } }
  /// Whether its blocks stand in stages, as timm's do.
  private var isTimm: Bool { told.mark == "conv_stem" }
  private var isTensorFlow: Bool {
    isTimm && (told.name?.hasPrefix("tf_") ?? kind?.isTensorFlow ?? false) || told.padsAsTensorFlow
  }
  private var isTorchvision: Bool { told.mark.hasPrefix("features") || isMNASNet }
  /// Whether it is torchvision's MNASNet, whose layers stand in one row.
  private var isMNASNet: Bool { told.mark == "layers.8.0.layers.0" }

  /// Whether margins are TensorFlow's.
  var isSame: Bool {
    isTensorFlow || told.mark == "_conv_stem" || told.mark.hasPrefix("efficientnet.")
      || told.mark.hasPrefix("mobilenet_v2") && told.flag("tf_padding") ?? true
  }

  var epsilon: Float {
    if let said = told.number("batch_norm_eps") ?? told.settings["model_args"]["bn_eps"].number { return Float(said) }
    if told.mark.hasPrefix("mobilenet_v2") { return Float(told.number("layer_norm_eps") ?? 1e-3) }
    if isTorchvision {
      // torchvision's EfficientNets from B5 on, V2 and MobileNetV3.
      let isV2 = blocks.contains { found.has($0.path + ".conv_exp") }
      return isV3 || isV2 || found.outputs("conv_head") ?? 0 >= 2048 ? 1e-3 : 1e-5
    }
    return isTimm && !isTensorFlow ? 1e-5 : 1e-3
  }

  /// The function behind the stem and the head.
  var outer: UnaryFunction { isV3 && hasGates ? .hardSwish : activation(stage: 9) }

  private func activation(stage: Int) -> UnaryFunction {
    let name = told.name ?? ""
    if isMNASNet || kind?.function == .relu { return .relu }
    if ["mnasnet", "semnasnet", "fbnet", "spnasnet", "efficientnet_e", "minimal"].contains(where: name.contains) {
      return .relu
    }
    if isV3 {
      return hasGates && stage >= (Self.isSmall(found) ? 2 : 3) ? .hardSwish : .relu
    }
    // Without gates, it is MobileNetV2 or EfficientNet-Lite.
    return hasGates ? .silu : .clip(0, 6)
  }

  var name: String {
    if let name = told.name, !["efficientnet", "mobilenet_v2"].contains(name) { return name }
    if isV3 {
      return Self.isSmall(found) ? "mobilenetv3_small" : "mobilenetv3_large"
    }
    if isMNASNet { return "mnasnet" }
    if let kind, kind.function == .relu { return kind.name }
    if blocks.contains(where: { found.has($0.path + ".conv_exp") }) { return "efficientnetv2" }
    return hasGates ? "efficientnet_b\(scale)" : isLite ? "efficientnet_lite\(scale)" : "mobilenet_v2"
  }

  private var isLite: Bool { blocks.contains { found.filters($0.path + ".conv_dw")[2] > 3 } }

  /// Which of the family it is by its head's width and its depth.
  private var scale: Int {
    if hasGates {
      return [1408: 2, 1536: 3, 1792: 4, 2048: 5, 2304: 6, 2560: 7][found.outputs("conv_head") ?? 0]
        ?? (blocks.count > 16 ? 1 : 0)
    }
    return blocks.count <= 16 ? 0 : blocks.count > 28 ? 4 : blocks.count > 21 ? 3 : blocks[1].output > 24 ? 2 : 1
  }

  /// The height and width of the images it was trained with.
  var side: Int {
    if isV3 || isMNASNet || kind?.function == .relu || !hasGates && !isLite { return 224 }
    if blocks.contains(where: { found.has($0.path + ".conv_exp") }) { return 384 }
    let sides = hasGates ? [224, 240, 260, 300, 380, 456, 528, 600] : [224, 240, 260, 280, 300]
    return sides[min(scale, sides.count - 1)]
  }

  // MARK: Blocks

  /// The stages by number, or all blocks in one row.
  var stages: [[Block]] {
    let isNested = found.has("blocks.0.0")
    return isNested
      ? Dictionary(grouping: blocks, by: \.stage).sorted { $0.key < $1.key }.map(\.value) : [blocks]
  }

  func stage(_ blocks: [Block]) -> any NetworkDefinitions.Block {
    let isNested = found.has("blocks.0.0")
    return Sequential(isNested ? "\(blocks.first?.stage ?? 0)" : "") {
      for place in blocks.indices {
        block(blocks[place], called: blocks[place].path.split(separator: ".").last.map(String.init) ?? "")
      }
    }
  }

  private func block(_ block: Block, called name: String) -> Sequential {
    let body = Group { layers(of: block) }
    return Sequential(name) {
      if block.stride == 1, block.input == block.output, hasShortcut(block) { Residual { body } } else { body }
    }
  }

  /// Whether what a block is given is added to what it makes of it, where both have one shape: not in a convolution of
  /// 1 × 1 alone, as MobileNetV3 ends in, nor in the first stage of EfficientNet-EdgeTPU.
  private func hasShortcut(_ block: Block) -> Bool {
    if found.has(block.path + ".conv") { return found.filters(block.path + ".conv")[2] > 1 }
    // transformers adds nothing in the first block of a stage, and in none of MobileNetV2's stem.
    if told.mark.hasPrefix("efficientnet.") { return !block.isFirst }
    if told.mark.hasPrefix("mobilenet_v2"), block.stage == 0 { return false }
    return block.stage > 0 || !(told.name?.contains(/efficientnet_e[sml]/) ?? (kind?.name == "efficientnet_es"))
  }

  @BlockBuilder private func layers(of block: Block) -> [any NetworkDefinitions.Block] {
    let (path, function) = (block.path, activation(stage: block.stage))
    if found.has(path + ".conv") {
      convolution("conv", of: path, stride: block.stride)
      BatchNormalization("bn1", epsilon: epsilon)
      Activation("act", function)
    } else if found.has(path + ".conv_exp") {
      convolution("conv_exp", of: path, stride: block.stride)
      BatchNormalization("bn1", epsilon: epsilon)
      Activation("act1", function)
      gate(path, function)
      convolution("conv_pwl", of: path)
      BatchNormalization("bn2", epsilon: epsilon)
    } else {
      // Of depthwise and pointwise alone, the norms are numbered from the depthwise one; else from the expansion.
      let isSeparable = !found.has(path + ".conv_pwl")
      if !isSeparable, found.has(path + ".conv_pw") {
        convolution("conv_pw", of: path)
        BatchNormalization("bn1", epsilon: epsilon)
        Activation("act1", function)
      }
      convolution("conv_dw", of: path, stride: block.stride)
      BatchNormalization(isSeparable ? "bn1" : "bn2", epsilon: epsilon)
      Activation("act2", function)
      gate(path, function)
      convolution(isSeparable ? "conv_pw" : "conv_pwl", of: path)
      BatchNormalization(isSeparable ? "bn2" : "bn3", epsilon: epsilon)
    }
  }

  private func convolution(_ layer: String, of path: String, stride: Int = 1) -> Convolution {
    let shape = found.filters("\(path).\(layer)")
    return Convolution(
      layer, channels: shape[0], kernel: shape[2], stride: stride, padding: shape[2] / 2,
      groups: layer == "conv_dw" ? shape[0] : 1, bias: found.has("\(path).\(layer).bias"), same: isSame)
  }

  @BlockBuilder private func gate(_ path: String, _ function: UnaryFunction) -> [any NetworkDefinitions.Block] {
    if let width = found.outputs(path + ".se.conv_reduce") {
      SqueezeExcitation(
        name: "se", layers: ("conv_reduce", "conv_expand"), width: width, activation: isV3 ? .relu : function,
        gate: isV3 ? .hardSigmoid(alpha: 1 / 6, beta: 0.5) : .sigmoid)
    }
  }
}

/// torchvision's names of a network of inverted residuals, where a layer's number depends on which others there are.
private struct TorchvisionRows {
  private var lines: [(from: String, to: String)] = [("features.0.0.", "conv_stem."), ("features.0.1.", "bn1.")]
  private let found: Inventory

  init(_ found: Inventory) {
    self.found = found
    let last = found.count("features.#") - 1
    guard last > 0 else { return }
    for number in 1...last {
      let path = "features.\(number)", ours = "blocks.\(number - 1)"
      if found.has(path + ".block") {
        block(path + ".block", as: ours)
      } else if found.has(path + ".conv") {
        block(path + ".conv", as: ours)
      } else if found.has(path + ".0.block") {
        for place in 0..<found.count(path + ".#") { block("\(path).\(place).block", as: "\(ours).\(place)") }
      } else if found.has("classifier.3") {
        // MobileNetV3's last convolution, of which the first layer of the classifier is the head.
        lines += [(path + ".0.", ours + ".conv."), (path + ".1.", ours + ".bn1.")]
      } else {
        lines += [(path + ".0.", "conv_head."), (path + ".1.", "bn2.")]
      }
    }
    lines += found.has("classifier.3") ? [("classifier.0.", "conv_head."), ("classifier.3.", "classifier.")] : []
    lines += [("classifier.1.", "classifier.")]
  }

  private mutating func block(_ path: String, as ours: String) {
    let places = 0..<found.count(path + ".#")
    func layer(_ place: Int) -> String { found.has("\(path).\(place).0") ? "\(path).\(place).0" : "\(path).\(place)" }
    let convolutions = places.filter { found.weight(layer($0))?.count == 4 && !found.has("\(path).\($0).fc1") }
    let depthwise = convolutions.first { place in
      found.weight(layer(place)).map { $0[1] == 1 && $0[0] > 1 } ?? false
    }
    for place in places {
      if found.has("\(path).\(place).fc1") {
        lines += [
          ("\(path).\(place).fc1.", ours + ".se.conv_reduce."), ("\(path).\(place).fc2.", ours + ".se.conv_expand."),
        ]
        continue
      }
      guard convolutions.contains(place) else { continue }
      let names: (String, String)
      if let depthwise {
        names = place == depthwise ? ("conv_dw", "bn2") : place < depthwise ? ("conv_pw", "bn1") : ("conv_pwl", "bn3")
      } else {
        names =
          convolutions.count == 1
          ? ("conv", "bn1") : place == convolutions[0] ? ("conv_exp", "bn1") : ("conv_pwl", "bn2")
      }
      let isGroup = found.has("\(path).\(place).0")
      let norm = isGroup ? "\(path).\(place).1." : "\(path).\(place + 1)."
      lines += [(layer(place) + ".", "\(ours).\(names.0)."), (norm, "\(ours).\(names.1).")]
    }
  }

  func rename(_ weights: inout WeightFile) {
    var renamed: [String: FileTensor] = [:]
    for (name, tensor) in weights.tensors {
      let line = lines.first { name.hasPrefix($0.from) }
      renamed[line.map { $0.to + name.dropFirst($0.from.count) } ?? name] = tensor
    }
    // A linear layer over single positions is a convolution of 1 × 1.
    if let head = renamed["conv_head.weight"], head.shape.count == 2 {
      renamed["conv_head.weight"] = head.reshaped(head.shape + [1, 1])
    }
    weights.tensors = renamed
  }
}
