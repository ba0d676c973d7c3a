extension NetworkDefinition {
  /// MobileNetV2 at its full width.
  public static let mobilenetV2 = mobilenetV2("mobilenet_v2", width: 1)

  /// MobileNetV2 (Sandler et al., 2018, arXiv:1801.04381), table 2, with all widths multiplied by `width`.
  public static func mobilenetV2(_ name: String, width: Double) -> NetworkDefinition {
    NetworkDefinition(name, source: "Sandler et al., 2018, arXiv:1801.04381", classifier: "classifier.1") { classes in
      Sequential("features") {
        normalized(channels: rounded(32 * width), kernel: 3, stride: 2)
        for (index, row) in table.enumerated() {
          // An expansion multiplies the channels that come in, which are those of the row before.
          let before = index == 0 ? 32 : table[index - 1].channels
          for place in 0..<row.count {
            let input = rounded(Double(place == 0 ? before : row.channels) * width)
            invertedResidual(
              from: input, to: rounded(Double(row.channels) * width), expansion: row.expansion,
              stride: place == 0 ? row.stride : 1)
          }
        }
        normalized(channels: rounded(1280 * max(1, width)), kernel: 1)
      }
      GlobalAveragePool("adaptive_avg_pool2d")
      Flatten()
      Sequential("classifier") {
        Dropout()
        Linear(outputs: classes)
      }
    }
  }

  /// The paper's t, c, n and s.
  private static let table: [(expansion: Int, channels: Int, count: Int, stride: Int)] = [
    (1, 16, 1, 1), (6, 24, 2, 2), (6, 32, 3, 2), (6, 64, 4, 2), (6, 96, 3, 1), (6, 160, 3, 2), (6, 320, 1, 1),
  ]

  /// The bottleneck residual block (table 1); the last convolution has no activation function.
  private static func invertedResidual(from input: Int, to output: Int, expansion: Int, stride: Int) -> Sequential {
    let hidden = input * expansion
    let body = Sequential("conv") {
      if expansion > 1 { normalized(channels: hidden, kernel: 1) }
      normalized(channels: hidden, kernel: 3, stride: stride, groups: hidden)
      Convolution(channels: output, kernel: 1, bias: false)
      BatchNormalization()
    }
    return Sequential {
      if stride == 1, input == output { Residual { body } } else { body }
    }
  }

  private static func normalized(channels: Int, kernel: Int, stride: Int = 1, groups: Int = 1) -> Sequential {
    Sequential {
      Convolution(
        channels: channels, kernel: kernel, stride: stride, padding: kernel / 2, groups: groups, bias: false)
      BatchNormalization()
      ReLU6()
    }
  }

  /// The nearest multiple of eight, but no more than a tenth less than `channels`.
  private static func rounded(_ channels: Double) -> Int {
    let nearest = max(8, Int(channels + 4) / 8 * 8)
    return Double(nearest) < 0.9 * channels ? nearest + 8 : nearest
  }
}
