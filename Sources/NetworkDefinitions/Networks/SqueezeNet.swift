extension NetworkDefinition {
  /// SqueezeNet 1.0 (Iandola et al., 2016, arXiv:1602.07360), table 1.
  public static let squeezenet10 = squeezenet("squeezenet1_0") {
    Convolution(channels: 96, kernel: 7, stride: 2)
    ReLU()
    MaxPool(kernel: 3, stride: 2, ceil: true)
    fire(squeeze: 16, expand: 64)
    fire(squeeze: 16, expand: 64)
    fire(squeeze: 32, expand: 128)
    MaxPool(kernel: 3, stride: 2, ceil: true)
    fire(squeeze: 32, expand: 128)
    fire(squeeze: 48, expand: 192)
    fire(squeeze: 48, expand: 192)
    fire(squeeze: 64, expand: 256)
    MaxPool(kernel: 3, stride: 2, ceil: true)
    fire(squeeze: 64, expand: 256)
  }

  /// SqueezeNet 1.1, its authors' revision, 2.4 times cheaper.
  public static let squeezenet11 = squeezenet("squeezenet1_1") {
    Convolution(channels: 64, kernel: 3, stride: 2)
    ReLU()
    MaxPool(kernel: 3, stride: 2, ceil: true)
    fire(squeeze: 16, expand: 64)
    fire(squeeze: 16, expand: 64)
    MaxPool(kernel: 3, stride: 2, ceil: true)
    fire(squeeze: 32, expand: 128)
    fire(squeeze: 32, expand: 128)
    MaxPool(kernel: 3, stride: 2, ceil: true)
    fire(squeeze: 48, expand: 192)
    fire(squeeze: 48, expand: 192)
    fire(squeeze: 64, expand: 256)
    fire(squeeze: 64, expand: 256)
  }

  private static func squeezenet(
    _ name: String, @BlockBuilder features: @escaping @Sendable () -> [any Block]
  ) -> NetworkDefinition {
    NetworkDefinition(name, source: "Iandola et al., 2016, arXiv:1602.07360", classifier: "classifier.1") { classes in
      Sequential("features", blocks: features)
      Sequential("classifier") {
        Dropout()
        Convolution(channels: classes, kernel: 1)
        ReLU()
        GlobalAveragePool()
      }
      Flatten()
    }
  }

  /// A fire module (figure 1): few channels, then many of 1 × 1 and 3 × 3 side by side.
  private static func fire(squeeze: Int, expand: Int) -> Sequential {
    Sequential {
      Convolution("squeeze", channels: squeeze, kernel: 1)
      ReLU("squeeze_activation")
      Concatenation {
        Group {
          Convolution("expand1x1", channels: expand, kernel: 1)
          ReLU("expand1x1_activation")
        }
        Group {
          Convolution("expand3x3", channels: expand, kernel: 3, padding: 1)
          ReLU("expand3x3_activation")
        }
      }
    }
  }
}
