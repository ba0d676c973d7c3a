extension NetworkDefinition {
  /// DenseNet-121, table 1, with growth rate k = 32.
  public static let densenet121 = densenet("densenet121", layers: [6, 12, 24, 16], growth: 32, initial: 64)

  /// DenseNet (Huang et al., 2016, arXiv:1608.06993), so many layers in each block, a transition between two.
  ///
  /// - Parameters:
  ///   - name: what it is called.
  ///   - layers: how many each block has.
  ///   - growth: `k`, the channels that each layer adds.
  ///   - initial: the channels of the first convolution.
  ///   - bottleneck: the channels between a layer's two convolutions; `4k` without it.
  ///   - channels: those of the image.
  /// - Returns: The network.
  static func densenet(
    _ name: String, layers: [Int], growth: Int, initial: Int, bottleneck: Int? = nil, channels: Int = 3
  ) -> NetworkDefinition {
    NetworkDefinition(
      name, source: "Huang et al., 2016, arXiv:1608.06993", input: [channels, 224, 224], classifier: "classifier",
      currentName: withoutPoint
    ) { classes in
      Sequential("features") {
        Convolution("conv0", channels: initial, kernel: 7, stride: 2, padding: 3, bias: false)
        BatchNormalization("norm0")
        ReLU("relu0")
        MaxPool("pool0", kernel: 3, stride: 2, padding: 1)
        for (index, count) in layers.enumerated() {
          DenseBlock("denseblock\(index + 1)", layers: count, growth: growth, bottleneck: bottleneck ?? 4 * growth)
          if index + 1 < layers.count { transition("transition\(index + 1)") }
        }
        BatchNormalization("norm\(layers.count + 1)")
      }
      ReLU("relu")
      GlobalAveragePool("adaptive_avg_pool2d")
      Flatten()
      Linear("classifier", outputs: classes)
    }
  }

  /// Half the channels, half the extent.
  private static func transition(_ name: String) -> Sequential {
    Sequential(name) {
      BatchNormalization("norm")
      ReLU("relu")
      Halving(name: "conv")
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
  let bottleneck: Int

  init(_ name: String, layers: Int, growth: Int, bottleneck: Int) {
    self.name = name
    self.layers = layers
    self.growth = growth
    self.bottleneck = bottleneck
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

  /// A bottleneck, then `k` new channels.
  private var layer: Group {
    Group {
      BatchNormalization("norm1")
      ReLU("relu1")
      Convolution("conv1", channels: bottleneck, kernel: 1, bias: false)
      BatchNormalization("norm2")
      ReLU("relu2")
      Convolution("conv2", channels: growth, kernel: 3, padding: 1, bias: false)
    }
  }
}

/// A convolution of 1 × 1 to half the channels.
private struct Halving: Block {
  let name: String?

  func output(of input: NetworkBuilder.Value, in network: inout NetworkBuilder) throws -> NetworkBuilder.Value {
    try network.apply(Convolution("", channels: max(1, input.shape[1] / 2), kernel: 1, bias: false), to: input)
  }
}
