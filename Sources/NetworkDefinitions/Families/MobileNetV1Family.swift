/// MobileNetV1 (Howard et al., 2017, arXiv:1704.04861) under the names of transformers: depthwise and pointwise convolutions
/// in turn.
enum MobileNetV1Family: NetworkFamily {
  static let tables = [
    NameTable(
      mark: "mobilenet_v1.conv_stem.convolution",
      [
        "mobilenet_v1.conv_stem": "conv_stem", "mobilenet_v1.layer.#": "layer.{0}",
      ])
  ]

  static func definition(of found: Inventory, _ told: NetworkDescription) -> NetworkDefinition? {
    guard let stem = found.weight("conv_stem.convolution"), stem.count == 4, found.count("layer.#") == 26 else {
      return nil
    }
    let isSame = told.flag("tf_padding") ?? true
    let epsilon = Float(told.number("layer_norm_eps") ?? 1e-3)
    return NetworkDefinition(
      told.name ?? "mobilenet_v1", source: "Howard et al., 2017, arXiv:1704.04861", input: [stem[1], 224, 224],
      usualClasses: found.outputs("classifier") ?? 1001, classifier: "classifier"
    ) { classes in
      layer("conv_stem", found, stride: 2, isSame: isSame, epsilon)
      for index in 0..<26 {
        // Table 1: the depthwise convolutions before these layers halve the maps.
        layer("layer.\(index)", found, stride: [2, 6, 10, 22].contains(index) ? 2 : 1, isSame: isSame, epsilon)
      }
      GlobalAveragePool("pooler")
      Flatten()
      if found.has("classifier") { Linear("classifier", outputs: classes) }
    }
  }

  private static func layer(
    _ path: String, _ found: Inventory, stride: Int, isSame: Bool, _ epsilon: Float
  ) -> Sequential {
    let shape = found.filters(path + ".convolution")
    return Sequential(path) {
      Convolution(
        "convolution", channels: shape[0], kernel: shape[2], stride: stride, padding: shape[2] / 2,
        groups: shape[1] == 1 && shape[2] > 1 && path != "conv_stem" ? shape[0] : 1, bias: false, same: isSame)
      BatchNormalization("normalization", epsilon: epsilon)
      ReLU6("activation")
    }
  }
}
