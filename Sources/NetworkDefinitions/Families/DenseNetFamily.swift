/// DenseNets by their weights: of any depth and growth (Huang et al., 2016, arXiv:1608.06993).
enum DenseNetFamily: NetworkFamily {
  static let tables = [NameTable(mark: "features.denseblock1")]

  static func definition(of found: Inventory, _ told: NetworkDescription) -> NetworkDefinition? {
    guard let stem = found.weight("features.conv0"), stem.count == 4, found.has("features.denseblock1.denselayer1"),
      let growth = found.outputs("features.denseblock1.denselayer1.conv2")
        ?? found.outputs("features.denseblock1.denselayer1.conv.2")
    else { return nil }
    let blocks = found.count("features.denseblock#", from: 1)
    let layers = (1...max(blocks, 1)).map { found.count("features.denseblock\($0).denselayer#", from: 1) }
    let bottleneck =
      found.outputs("features.denseblock1.denselayer1.conv1") ?? found.outputs(
        "features.denseblock1.denselayer1.conv.1")
      ?? 4 * growth
    let depth = 2 * layers.reduce(0, +) + blocks + 1
    let named = told.name ?? "densenet\(depth)"
    return .densenet(
      named, layers: layers, growth: growth, initial: stem[0], bottleneck: bottleneck, channels: stem[1])
  }
}

/// VGG under timm's names, whose classifier begins with a convolution over the whole map.
enum VGGFamily: NetworkFamily {
  static let tables = [
    NameTable(
      mark: "pre_logits.fc1",
      ["pre_logits.fc1": "classifier.0", "pre_logits.fc2": "classifier.3", "head.fc": "classifier.6"]),
    NameTable(mark: "classifier.6"),
  ]

  static func arrange(_ weights: inout WeightFile, _ told: NetworkDescription) {
    for name in ["classifier.0.weight", "classifier.3.weight"] {
      guard let tensor = weights.tensors[name], tensor.shape.count == 4 else { continue }
      weights.tensors[name] = tensor.reshaped([tensor.shape[0], tensor.shape.dropFirst().reduce(1, &*)])
    }
  }

  static func definition(of found: Inventory, _ told: NetworkDescription) -> NetworkDefinition? {
    let known: [NetworkDefinition] = [.vgg11, .vgg11BN, .vgg13, .vgg13BN, .vgg16, .vgg16BN, .vgg19, .vgg19BN, .alexnet]
    return known.first { $0.fits(found.shapes) }
  }
}
