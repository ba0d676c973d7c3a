extension NetworkDefinition {
  public static let vgg11 = vgg("vgg11", convolutions: [1, 1, 2, 2, 2])
  public static let vgg13 = vgg("vgg13", convolutions: [2, 2, 2, 2, 2])
  public static let vgg16 = vgg("vgg16", convolutions: [2, 2, 3, 3, 3])
  public static let vgg19 = vgg("vgg19", convolutions: [2, 2, 4, 4, 4])
  public static let vgg11BN = vgg("vgg11_bn", convolutions: [1, 1, 2, 2, 2], normalizing: true)
  public static let vgg13BN = vgg("vgg13_bn", convolutions: [2, 2, 2, 2, 2], normalizing: true)
  public static let vgg16BN = vgg("vgg16_bn", convolutions: [2, 2, 3, 3, 3], normalizing: true)
  public static let vgg19BN = vgg("vgg19_bn", convolutions: [2, 2, 4, 4, 4], normalizing: true)

  /// VGG (Simonyan & Zisserman, 2014, arXiv:1409.1556), table 1: configurations A, B, D and E.
  ///
  /// Each of the five stages has so many convolutions; the batch normalisation behind them is not the paper's.
  private static func vgg(_ name: String, convolutions: [Int], normalizing: Bool = false) -> NetworkDefinition {
    NetworkDefinition(name, source: "Simonyan & Zisserman, 2014, arXiv:1409.1556", classifier: "classifier.6") {
      classes in
      Sequential("features") {
        for (count, channels) in zip(convolutions, [64, 128, 256, 512, 512]) {
          for _ in 0..<count {
            Convolution(channels: channels, kernel: 3, padding: 1)
            if normalizing { BatchNormalization() }
            ReLU()
          }
          MaxPool(kernel: 2, stride: 2)
        }
      }
      AdaptiveAveragePool("avgpool", side: 7)
      Flatten()
      Sequential("classifier") {
        Linear(outputs: 4096)
        ReLU()
        Dropout()
        Linear(outputs: 4096)
        ReLU()
        Dropout()
        Linear(outputs: classes)
      }
    }
  }
}
