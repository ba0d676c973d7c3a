extension NetworkDefinition {
  /// AlexNet as in "One weird trick for parallelizing convolutional neural networks" (Krizhevsky, 2014, arXiv:1404.5997).
  public static let alexnet = NetworkDefinition(
    "alexnet", source: "Krizhevsky, 2014, arXiv:1404.5997", classifier: "classifier.6"
  ) { classes in
    Sequential("features") {
      Convolution(channels: 64, kernel: 11, stride: 4, padding: 2)
      ReLU()
      MaxPool(kernel: 3, stride: 2)
      Convolution(channels: 192, kernel: 5, padding: 2)
      ReLU()
      MaxPool(kernel: 3, stride: 2)
      Convolution(channels: 384, kernel: 3, padding: 1)
      ReLU()
      Convolution(channels: 256, kernel: 3, padding: 1)
      ReLU()
      Convolution(channels: 256, kernel: 3, padding: 1)
      ReLU()
      MaxPool(kernel: 3, stride: 2)
    }
    AdaptiveAveragePool("avgpool", side: 6)
    Flatten()
    Sequential("classifier") {
      Dropout()
      Linear(outputs: 4096)
      ReLU()
      Dropout()
      Linear(outputs: 4096)
      ReLU()
      Linear(outputs: classes)
    }
  }
}
