import Kernels
import NetworkDefinitions
import Testing

/// Definitions that make no sense are refused with the layer's name; none crashes.
@Suite struct NetworkMisuseTests {
  struct Case: Sendable, CustomTestStringConvertible {
    let testDescription: String
    let layer: any Block
    let says: String

    init(_ says: String, _ layer: any Block) {
      (testDescription, self.layer, self.says) = ("\(layer)", layer, says)
    }
  }

  static let cases = [
    Case("'odd' needs positive extents", Convolution("odd", channels: 0, kernel: 3)),
    Case("'odd' needs positive extents", Convolution("odd", channels: 4, kernel: 0)),
    Case("'odd' needs positive extents", Convolution("odd", channels: 4, kernel: 3, stride: 0)),
    Case("'odd' needs positive extents", Convolution("odd", channels: 4, kernel: 3, padding: -1)),
    Case("'odd' needs positive extents", Convolution("odd", channels: 4, kernel: 3, dilation: 0)),
    Case("'odd' needs positive extents", Convolution("odd", channels: .max, kernel: .max)),
    Case("into 2 groups", Convolution("odd", channels: 4, kernel: 3, groups: 2)),
    Case("cannot take", Convolution("odd", channels: 4, kernel: 9)),
    Case("more than the 2³¹", Convolution("odd", channels: 1 << 20, kernel: 1 << 12, padding: 1 << 12)),
    Case("positive epsilon", BatchNormalization("odd", epsilon: 0)),
    Case("flatten it", Linear("odd", outputs: 4)),
    Case("at least one output", Linear("odd", outputs: 0)),
    Case("positive window", MaxPool("odd", kernel: 0, stride: 1)),
    Case("positive window", MaxPool("odd", kernel: 2, stride: 0)),
    Case("at most half", AveragePool("odd", kernel: 2, stride: 2, padding: 2)),
    Case("cannot take", MaxPool("odd", kernel: 9, stride: 1)),
    Case("at least 1", AdaptiveAveragePool("odd", side: 0)),
    Case("let both come out alike", Sequential("odd") { Residual { Convolution(channels: 2, kernel: 1) } }),
    Case("no branches", Sequential("odd") { Concatenation {} }),
    Case(
      "differ in more",
      Sequential("odd") {
        Concatenation {
          MaxPool(kernel: 2, stride: 2)
          ReLU()
        }
      }),
    Case(
      "two parameters called 'odd.0.weight'",
      Sequential("odd") {
        Convolution(channels: 3, kernel: 1)
        Convolution("0", channels: 3, kernel: 1)
      }),
    Case(
      "pools maps",
      Sequential("odd") {
        Flatten(); MaxPool(kernel: 2, stride: 2)
      }),
    Case(
      "pools maps",
      Sequential("odd") {
        Flatten(); GlobalAveragePool()
      }),
    Case(
      "pools maps",
      Sequential("odd") {
        Flatten(); AdaptiveAveragePool(side: 2)
      }),
    Case(
      "convolves maps",
      Sequential("odd") {
        Flatten(); Convolution(channels: 2, kernel: 1)
      }),
  ]

  @Test(arguments: cases) func `a layer that cannot be is refused by name`(misuse: Case) {
    let definition = NetworkDefinition("odd", input: [3, 4, 4], classifier: "odd") { _ in misuse.layer }
    let error = #expect(throws: NetworkError.self) { try definition.parameters(classes: 2) }
    #expect(error.map { "\($0)" }?.contains(misuse.says) == true, "\(error.map { "\($0)" } ?? "")")
    #expect(error.map { "\($0)" }?.contains("odd") == true)
  }

  @Test(arguments: [[], [3], [3, 0, 4], [3, -1, 4], [3, 4, 4, 4]]) func `an input that is no image is refused`(
    shape: [Int]
  ) {
    let definition = NetworkDefinition("odd", input: shape, classifier: "fc") { _ in ReLU("relu") }
    #expect(throws: NetworkError.self) { try definition.parameters(classes: 2) }
  }

  @Test func `images too small, too many or too large are refused`() throws {
    let definition = NetworkDefinition.squeezenet11
    let network = try Network(definition, weights: definition.randomWeights(classes: 2))
    for (batch, side) in [(1, 8), (0, 224), (-1, 224), (1, 0), (1, 1 << 20), (1 << 40, 224), (.max, .max)] {
      #expect(throws: NetworkError.self) { try network.graph(batch: batch, imageSize: (side, side)) }
    }
  }

  @Test func `flattened maps of another size would need other weights`() throws {
    let definition = NetworkDefinition("flat", input: [1, 4, 4], classifier: "fc") { classes in
      Flatten()
      Linear("fc", outputs: classes)
    }
    let network = try Network(definition, weights: definition.randomWeights(classes: 2))
    let error = #expect(throws: NetworkError.self) { try network.graph(imageSize: (4, 5)) }
    #expect(error == .fixedImageSize(network: "flat", needed: [1, 4, 4], asked: [4, 5]))
  }
}
