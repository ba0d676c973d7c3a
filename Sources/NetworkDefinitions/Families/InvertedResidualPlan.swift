import GraphEngine
import Kernels

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
