import GraphEngine
import Kernels

/// Residual networks by their weights: of any depth and width, with groups, deep stems, averaging shortcuts, and squeeze
/// and excitation.
///
/// He et al., 2015, arXiv:1512.03385; Xie et al., 2016, arXiv:1611.05431; He et al., 2018, arXiv:1812.01187 (the stems and
/// shortcuts that timm calls c, d and s).
enum ResNetFamily: NetworkFamily {
  static let tables = [
    NameTable(mark: "layer1.0.conv1"),
    NameTable(
      mark: "resnet.encoder.stages.0.layers.0",
      [
        "resnet.embedder.embedder.convolution": "conv1", "resnet.embedder.embedder.normalization": "bn1",
        "resnet.encoder.stages.#.layers.#.shortcut.convolution": "layer{0+1}.{1}.downsample.0",
        "resnet.encoder.stages.#.layers.#.shortcut.normalization": "layer{0+1}.{1}.downsample.1",
        "resnet.encoder.stages.#.layers.#.layer.#.convolution": "layer{0+1}.{1}.conv{2+1}",
        "resnet.encoder.stages.#.layers.#.layer.#.normalization": "layer{0+1}.{1}.bn{2+1}",
        "classifier.1": "fc",
      ]),
    NameTable(
      mark: "encoder.stages.0.layers.0.layer",
      [
        "embedder.embedder.convolution": "conv1", "embedder.embedder.normalization": "bn1",
        "encoder.stages.#.layers.#.shortcut.convolution": "layer{0+1}.{1}.downsample.0",
        "encoder.stages.#.layers.#.shortcut.normalization": "layer{0+1}.{1}.downsample.1",
        "encoder.stages.#.layers.#.layer.#.convolution": "layer{0+1}.{1}.conv{2+1}",
        "encoder.stages.#.layers.#.layer.#.normalization": "layer{0+1}.{1}.bn{2+1}",
      ]),
  ]

  static func arrange(_ weights: inout WeightFile, _ told: NetworkDescription) {
    // What scripts for CIFAR call `shortcut` and `linear`.
    for (name, tensor) in weights.tensors where name.contains(".shortcut.") {
      weights.tensors[name] = nil
      weights.tensors[name.replacing(".shortcut.", with: ".downsample.")] = tensor
    }
    // A single layer within a row, as behind a dropout, is the classifier itself.
    let rows = weights.tensors.keys.filter { $0.wholeMatch(of: /fc\.\d+\.weight/) != nil }
    if rows.count == 1, let row = rows.first, weights.tensors[row]?.shape.count == 2 {
      for part in ["weight", "bias"] {
        weights.tensors["fc." + part] = weights.tensors.removeValue(forKey: String(row.dropLast(6)) + part)
      }
    }
    for part in ["weight", "bias"] where weights.tensors["fc.weight"] == nil || part == "bias" {
      for other in ["linear", "head", "classifier"] {
        guard weights.tensors["fc." + part] == nil, let tensor = weights.tensors["\(other).\(part)"] else { continue }
        weights.tensors["\(other).\(part)"] = nil
        weights.tensors["fc." + part] = tensor
      }
    }
  }

  /// What is to be said of the published networks that have the tensors of another: they smooth before they stride.
  static func twins(of name: String) -> [String] {
    guard let twins = published[name] else { return [] }
    return [
      "by its tensors it may as well be timm's \(twins), which smooths before it strides and is not computed: it is taken for "
        + "\(name)"
    ]
  }

  private static let published = [
    "resnet18": "resnetblur18", "resnet50": "resnetblur50 or resnetaa50", "resnet34d": "resnetaa34d",
    "resnet50d": "resnetaa50d or resnetblur50d", "resnet101d": "resnetaa101d or resnetblur101d",
    "seresnext101d_32x8d": "seresnextaa101d_32x8d",
  ]

  static func assumptions(of found: Inventory, _ told: NetworkDescription) -> [String] {
    told.name == nil && !told.hasLayers ? twins(of: name(of: found, told)) : []
  }

  static func definition(of found: Inventory, _ told: NetworkDescription) -> NetworkDefinition? {
    guard found.has("layer1.0.bn1"), found.has("layer1.0.conv2"), found.has("bn1"),
      let stem = found.weight("conv1") ?? found.weight("conv1.0"), stem.count == 4
    else { return nil }
    let stages = found.count("layer#", from: 1)
    let hasStride = told.flag("downsample_in_bottleneck") ?? false
    // A first convolution of 3 × 3 is that of networks for small pictures, which neither strides nor pools.
    let isSmall = found.weight("conv1").map { $0[2] == 3 } ?? false
    return NetworkDefinition(
      name(of: found, told), source: "He et al., 2015, arXiv:1512.03385",
      input: [stem[1], isSmall ? 32 : 224, isSmall ? 32 : 224],
      usualClasses: found.outputs("fc") ?? features(of: found, stages), classifier: "fc"
    ) { classes in
      if let stem = found.weight("conv1") {
        Convolution(
          "conv1", channels: stem[0], kernel: stem[2], stride: isSmall ? 1 : 2, padding: stem[2] / 2, bias: false)
      } else {
        deepStem(found)
      }
      BatchNormalization("bn1")
      ReLU("relu")
      if !isSmall { MaxPool("maxpool", kernel: 3, stride: 2, padding: 1) }
      for stage in 1...max(stages, 1) {
        Sequential("layer\(stage)") {
          for place in 0..<found.count("layer\(stage).#") {
            block(
              "layer\(stage).\(place)", found, stride: place == 0 && stage > 1 ? 2 : 1, stridesFirst: hasStride)
          }
        }
      }
      GlobalAveragePool("avgpool")
      Flatten()
      if found.has("fc") { Linear("fc", outputs: classes, bias: found.has("fc.bias")) }
    }
  }

  /// Three convolutions of 3 × 3 in the place of one of 7 × 7, with normalisation between them.
  private static func deepStem(_ found: Inventory) -> Sequential {
    Sequential("conv1") {
      for place in 0..<8 {
        if let shape = found.weight("conv1.\(place)"), shape.count == 4 {
          Convolution(
            "\(place)", channels: shape[0], kernel: shape[2], stride: place == 0 ? 2 : 1, padding: shape[2] / 2,
            bias: false)
        } else if found.has("conv1.\(place)") {
          BatchNormalization("\(place)")
          ReLU("\(place + 1)")
        }
      }
    }
  }

  private static func block(_ path: String, _ found: Inventory, stride: Int, stridesFirst: Bool) -> Sequential {
    let convolutions = found.count(path + ".conv#", from: 1)
    // The stride is the 3 × 3 convolution's ("v1.5"), which in a block of two is the first.
    let strided = convolutions == 3 && !stridesFirst ? 2 : 1
    return Sequential {
      Residual {
        for number in 1...max(convolutions, 1) {
          convolution(path, number, found, stride: number == strided ? stride : 1)
          BatchNormalization("bn\(number)")
          if number < convolutions { ReLU("relu") }
        }
        if let squeezed = found.outputs(path + ".se.fc1") { SqueezeExcitation(name: "se", width: squeezed) }
      } shortcut: {
        if found.has(path + ".downsample") { shortcut(path + ".downsample", found, stride: stride) }
      }
      ReLU("relu")
    }
  }

  private static func convolution(_ path: String, _ number: Int, _ found: Inventory, stride: Int) -> Convolution {
    let shape = found.filters("\(path).conv\(number)")
    let before = number > 1 ? found.outputs("\(path).conv\(number - 1)") ?? shape[1] : shape[1]
    return Convolution(
      "conv\(number)", channels: shape[0], kernel: shape[2], stride: stride, padding: shape[2] / 2,
      groups: max(1, before / max(shape[1], 1)), bias: found.has("\(path).conv\(number).bias"))
  }

  /// A convolution, or means of 2 × 2 before one without a stride.
  private static func shortcut(_ path: String, _ found: Inventory, stride: Int) -> Sequential {
    let isAveraging = found.weight(path + ".0")?.count != 4
    let shape = found.filters(path + (isAveraging ? ".1" : ".0"))
    return Sequential("downsample") {
      if isAveraging { ShrinkingMean(name: "0", stride: stride) }
      Convolution(
        isAveraging ? "1" : "0", channels: shape[0], kernel: shape[2], stride: isAveraging ? 1 : stride,
        padding: shape[2] / 2, bias: false)
      BatchNormalization(isAveraging ? "2" : "1")
    }
  }

  private static func features(of found: Inventory, _ stages: Int) -> Int {
    let last = "layer\(stages).0"
    return found.outputs(last + ".conv3") ?? found.outputs(last + ".conv2") ?? 1
  }

  private static func name(of found: Inventory, _ told: NetworkDescription) -> String {
    if let name = told.name, name != "resnet" { return name }
    let blocks = (1...4).reduce(0) { $0 + found.count("layer\($1).#") }
    let isDeep = found.has("layer1.0.conv3")
    let depth = blocks * (isDeep ? 3 : 2) + 2
    // A deep stem of 32 channels and means in the shortcuts.
    let end = found.outputs("conv1.0") == 32 && found.weight("layer2.0.downsample.0")?.count != 4 ? "d" : ""
    guard isDeep else { return "resnet\(depth)\(end)" }
    let wide = found.filters("layer1.0.conv2")
    let groups = wide[0] / max(wide[1], 1)
    let prefix = found.has("layer1.0.se") ? "se" : ""
    if groups > 1 { return "\(prefix)resnext\(depth)\(end)_\(groups)x\(wide[1])d" }
    return wide[0] > 64 ? "\(prefix)wide_resnet\(depth)\(end)_\(wide[0] / 64)" : "\(prefix)resnet\(depth)\(end)"
  }
}

/// The means of 2 × 2 positions, fewer at an odd end, or nothing for a stride of one.
private struct ShrinkingMean: Block {
  let name: String?
  let stride: Int

  func output(of input: NetworkBuilder.Value, in network: inout NetworkBuilder) throws -> NetworkBuilder.Value {
    guard stride > 1 else { return input }
    let geometry = PoolingGeometry(
      kernel: [2, 2], strides: [stride, stride], dilations: [1, 1], paddingBefore: [0, 0], paddingAfter: [0, 0],
      countsPadding: false)
    return try network.add(GraphEngine.AveragePool(geometry, ceilMode: true), [input])
  }
}
