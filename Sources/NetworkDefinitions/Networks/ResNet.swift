extension NetworkDefinition {
  public static let resnet18 = resnet("resnet18", blocks: [2, 2, 2, 2], of: basicBlock)
  public static let resnet34 = resnet("resnet34", blocks: [3, 4, 6, 3], of: basicBlock)
  public static let resnet50 = resnet("resnet50", blocks: [3, 4, 6, 3], of: bottleneck)
  public static let resnet101 = resnet("resnet101", blocks: [3, 4, 23, 3], of: bottleneck)
  public static let resnet152 = resnet("resnet152", blocks: [3, 8, 36, 3], of: bottleneck)

  /// ResNet (He et al., 2015, arXiv:1512.03385), table 1: so many blocks of one kind in each of the four stages.
  private static func resnet(
    _ name: String, blocks: [Int],
    of block: @escaping @Sendable (_ width: Int, _ stride: Int, _ isFirst: Bool) -> Sequential
  ) -> NetworkDefinition {
    NetworkDefinition(name, source: "He et al., 2015, arXiv:1512.03385", classifier: "fc") { classes in
      Convolution("conv1", channels: 64, kernel: 7, stride: 2, padding: 3, bias: false)
      BatchNormalization("bn1")
      ReLU("relu")
      MaxPool("maxpool", kernel: 3, stride: 2, padding: 1)
      for (stage, count) in blocks.enumerated() {
        Sequential("layer\(stage + 1)") {
          for place in 0..<count { block(64 << stage, place == 0 && stage > 0 ? 2 : 1, place == 0) }
        }
      }
      GlobalAveragePool("avgpool")
      Flatten()
      Linear("fc", outputs: classes)
    }
  }

  /// Two convolutions of 3 × 3 (figure 5, left); the first of a stage changes the extent and the width, but for stage 1.
  @Sendable private static func basicBlock(width: Int, stride: Int, isFirst: Bool) -> Sequential {
    Sequential {
      Residual {
        Convolution("conv1", channels: width, kernel: 3, stride: stride, padding: 1, bias: false)
        BatchNormalization("bn1")
        ReLU("relu")
        Convolution("conv2", channels: width, kernel: 3, padding: 1, bias: false)
        BatchNormalization("bn2")
      } shortcut: {
        if stride > 1 { projection(to: width, stride: stride) }
      }
      ReLU("relu")
    }
  }

  /// Convolutions of 1 × 1, 3 × 3 and 1 × 1 (figure 5, right).
  ///
  /// The middle one has the stride, as in everybody's implementation since ("v1.5"); the paper gave it to the first.
  @Sendable private static func bottleneck(width: Int, stride: Int, isFirst: Bool) -> Sequential {
    Sequential {
      Residual {
        Convolution("conv1", channels: width, kernel: 1, bias: false)
        BatchNormalization("bn1")
        ReLU("relu")
        Convolution("conv2", channels: width, kernel: 3, stride: stride, padding: 1, bias: false)
        BatchNormalization("bn2")
        ReLU("relu")
        Convolution("conv3", channels: 4 * width, kernel: 1, bias: false)
        BatchNormalization("bn3")
      } shortcut: {
        if isFirst { projection(to: 4 * width, stride: stride) }
      }
      ReLU("relu")
    }
  }

  /// The projection shortcut, the paper's option B.
  private static func projection(to channels: Int, stride: Int) -> Sequential {
    Sequential("downsample") {
      Convolution(channels: channels, kernel: 1, stride: stride, bias: false)
      BatchNormalization()
    }
  }
}
