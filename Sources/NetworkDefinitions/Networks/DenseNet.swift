extension NetworkDefinition {
  /// DenseNet-121 (Huang et al., 2016, arXiv:1608.06993), table 1, with growth rate k = 32.
  public static let densenet121 = NetworkDefinition(
    "densenet121", source: "Huang et al., 2016, arXiv:1608.06993", classifier: "classifier", currentName: withoutPoint
  ) { classes in
    Sequential("features") {
      Convolution("conv0", channels: 64, kernel: 7, stride: 2, padding: 3, bias: false)
      BatchNormalization("norm0")
      ReLU("relu0")
      MaxPool("pool0", kernel: 3, stride: 2, padding: 1)
      DenseBlock("denseblock1", layers: 6, growth: 32)
      transition("transition1", channels: 128)
      DenseBlock("denseblock2", layers: 12, growth: 32)
      transition("transition2", channels: 256)
      DenseBlock("denseblock3", layers: 24, growth: 32)
      transition("transition3", channels: 512)
      DenseBlock("denseblock4", layers: 16, growth: 32)
      BatchNormalization("norm5")
    }
    ReLU("relu")
    GlobalAveragePool("adaptive_avg_pool2d")
    Flatten()
    Linear("classifier", outputs: classes)
  }

  /// Half the channels, half the extent.
  private static func transition(_ name: String, channels: Int) -> Sequential {
    Sequential(name) {
      BatchNormalization("norm")
      ReLU("relu")
      Convolution("conv", channels: channels, kernel: 1, bias: false)
      AveragePool("pool", kernel: 2, stride: 2)
    }
  }

  /// Files from before 2018 spell `denselayer1.norm.1.weight`, since PyTorch then allowed points in names.
  @Sendable private static func withoutPoint(_ name: String) -> String {
    guard let match = name.wholeMatch(of: /(.*denselayer\d+\.(?:norm|relu|conv))\.([12]\..+)/) else { return name }
    return String(match.1 + match.2)
  }
}

/// Layers that each see the outputs of all before them (equation 2), and are all handed on.
private struct DenseBlock: Block {
  let name: String?
  let layers: Int
  let growth: Int

  init(_ name: String, layers: Int, growth: Int) {
    self.name = name
    self.layers = layers
    self.growth = growth
  }

  func output(of input: NetworkBuilder.Value, in network: inout NetworkBuilder) throws -> NetworkBuilder.Value {
    var features = [input]
    for number in 1...layers {
      let made = try network.within("denselayer\(number)") { network in
        try network.apply(layer, to: network.concatenated(features))
      }
      features.append(made)
    }
    return try network.concatenated(features)
  }

  /// A bottleneck of `4k` channels, then `k` new ones.
  private var layer: Group {
    Group {
      BatchNormalization("norm1")
      ReLU("relu1")
      Convolution("conv1", channels: 4 * growth, kernel: 1, bias: false)
      BatchNormalization("norm2")
      ReLU("relu2")
      Convolution("conv2", channels: growth, kernel: 3, padding: 1, bias: false)
    }
  }
}
