import GraphEngine

/// RegNets by their weights, X and Y (Radosavovic et al., 2020, arXiv:2003.13678), under timm's names.
enum RegNetFamily: NetworkFamily {
  static let tables = [
    NameTable(mark: "s1.b1.conv1"),
    NameTable(
      mark: "trunk_output.block1",
      [
        "stem.0": "stem.conv", "stem.1": "stem.bn", "fc": "head.fc",
        "trunk_output.block#.block#-#.proj.0": "s{0}.b{2+1}.downsample.conv",
        "trunk_output.block#.block#-#.proj.1": "s{0}.b{2+1}.downsample.bn",
        "trunk_output.block#.block#-#.f.a.0": "s{0}.b{2+1}.conv1.conv",
        "trunk_output.block#.block#-#.f.a.1": "s{0}.b{2+1}.conv1.bn",
        "trunk_output.block#.block#-#.f.b.0": "s{0}.b{2+1}.conv2.conv",
        "trunk_output.block#.block#-#.f.b.1": "s{0}.b{2+1}.conv2.bn",
        "trunk_output.block#.block#-#.f.c.0": "s{0}.b{2+1}.conv3.conv",
        "trunk_output.block#.block#-#.f.c.1": "s{0}.b{2+1}.conv3.bn",
        "trunk_output.block#.block#-#.f.se": "s{0}.b{2+1}.se",
      ]),
    NameTable(
      mark: "regnet.encoder.stages.0",
      [
        "regnet.embedder.embedder.convolution": "stem.conv", "regnet.embedder.embedder.normalization": "stem.bn",
        "regnet.encoder.stages.#.layers.#.shortcut.convolution": "s{0+1}.b{1+1}.downsample.conv",
        "regnet.encoder.stages.#.layers.#.shortcut.normalization": "s{0+1}.b{1+1}.downsample.bn",
        "regnet.encoder.stages.#.layers.#.layer.2.attention.0": "s{0+1}.b{1+1}.se.fc1",
        "regnet.encoder.stages.#.layers.#.layer.2.attention.2": "s{0+1}.b{1+1}.se.fc2",
        "regnet.encoder.stages.#.layers.#.layer.3.convolution": "s{0+1}.b{1+1}.conv3.conv",
        "regnet.encoder.stages.#.layers.#.layer.3.normalization": "s{0+1}.b{1+1}.conv3.bn",
        "regnet.encoder.stages.#.layers.#.layer.#.convolution": "s{0+1}.b{1+1}.conv{2+1}.conv",
        "regnet.encoder.stages.#.layers.#.layer.#.normalization": "s{0+1}.b{1+1}.conv{2+1}.bn",
        "classifier.1": "head.fc",
      ]),
  ]

  static func definition(of found: Inventory, _ told: NetworkDescription) -> NetworkDefinition? {
    if let name = told.name, name.hasPrefix("regnetz") || name.hasPrefix("regnetv") { return nil }
    guard let stem = found.weight("stem.conv"), stem.count == 4, found.has("s1.b1.conv2.conv") else { return nil }
    let stages = found.count("s#", from: 1)
    let features = found.outputs("s\(stages).b1.conv3.conv") ?? 1
    let kind = found.has("s1.b1.se") ? "regnety" : "regnetx"
    return NetworkDefinition(
      told.name.flatMap { $0 == "regnet" ? nil : $0 } ?? kind, source: "Radosavovic et al., 2020, arXiv:2003.13678",
      input: [stem[1], 224, 224], usualClasses: found.outputs("head.fc") ?? features, classifier: "head.fc"
    ) { classes in
      Sequential("stem") {
        Convolution("conv", channels: stem[0], kernel: stem[2], stride: 2, padding: stem[2] / 2, bias: false)
        BatchNormalization("bn")
        ReLU("act")
      }
      for stage in 1...max(stages, 1) {
        Sequential("s\(stage)") {
          for place in 1...max(found.count("s\(stage).b#", from: 1), 1) {
            block("s\(stage).b\(place)", called: "b\(place)", found, stride: place == 1 ? 2 : 1)
          }
        }
      }
      GlobalAveragePool("head.global_pool")
      Flatten("head.flatten")
      if found.has("head.fc") { Linear("head.fc", outputs: classes) }
    }
  }

  /// 1 × 1, 3 × 3 in groups, gates, 1 × 1.
  private static func block(_ path: String, called name: String, _ found: Inventory, stride: Int) -> Sequential {
    Sequential(name) {
      Residual {
        layer("conv1", of: path, found)
        ReLU("act1")
        layer("conv2", of: path, found, stride: stride)
        ReLU("act2")
        if let width = found.outputs(path + ".se.fc1") { SqueezeExcitation(name: "se", width: width) }
        layer("conv3", of: path, found)
      } shortcut: {
        if found.has(path + ".downsample") { layer("downsample", of: path, found, stride: stride) }
      }
      ReLU("act3")
    }
  }

  private static func layer(_ name: String, of path: String, _ found: Inventory, stride: Int = 1) -> Sequential {
    let shape = found.filters("\(path).\(name).conv")
    let groups = name == "conv2" ? max(1, (found.outputs(path + ".conv1.conv") ?? shape[1]) / max(shape[1], 1)) : 1
    return Sequential(name) {
      Convolution(
        "conv", channels: shape[0], kernel: shape[2], stride: stride, padding: shape[2] / 2, groups: groups, bias: false
      )
      BatchNormalization("bn")
    }
  }
}
