import Foundation
import GraphEngine
import Kernels
import NetworkDefinitions
import TestSupport
import Tensors
import Testing

/// Small networks with a bit of everything, against the same written out in loops.
@Suite struct WiringTests {
  static let definition = NetworkDefinition("small", input: [2, 9, 7], classifier: "fc") { classes in
    Convolution("conv", channels: 4, kernel: 3, stride: 2, padding: 1, bias: false)
    BatchNormalization("bn", epsilon: 0.25)
    ReLU("relu")
    Sequential("block") {
      Residual {
        Convolution(channels: 6, kernel: 1)
        ReLU6()
      } shortcut: {
        Convolution("downsample", channels: 6, kernel: 1, groups: 2)
      }
    }
    Residual { Activation("silu", .silu) }
    Concatenation {
      MaxPool("pool", kernel: 3, stride: 2, ceil: true)
      Group {
        Convolution("reduce", channels: 3, kernel: 3, padding: 1)
        AveragePool("means", kernel: 3, stride: 3, padding: 1)
      }
    }
    Flatten()
    Dropout()
    Linear("fc", outputs: classes)
  }

  @Test func `a network computes what its layers say`() throws {
    let weights = try Self.definition.randomWeights(classes: 5)
    let graph = try Network(Self.definition, weights: weights).graph()
    let x = Tensor.ramp([2, 9, 7])
    let found = try Plan(graph).outputs(for: [NDArray(x).reshaped([1, 2, 9, 7])])[0]
    let expected = logits(of: Maps(x.scalars.map(Double.init), 2, 9, 7), weights)
    #expect(found.shape == [1, 5])
    let greatest = try #require(expected.map(abs).max())
    #expect(greatest > 1)
    for (value, exact) in zip(found.scalars, expected) { #expect(abs(Double(value) - exact) < 1e-5 * greatest) }
  }

  private func logits(of input: Maps, _ weights: [String: Tensor]) -> [Double] {
    func w(_ name: String) -> [Double] { weights[name]!.scalars.map(Double.init) }
    let (mean, variance, scale, shift) = (w("bn.running_mean"), w("bn.running_var"), w("bn.weight"), w("bn.bias"))
    var y = input.convolved(w("conv.weight"), nil, channels: 4, kernel: 3, stride: 2, padding: 1)
      .mapChannels { c, v in max(0, (v - mean[c]) / (variance[c] + 0.25).squareRoot() * scale[c] + shift[c]) }
    let body = y.convolved(w("block.0.weight"), w("block.0.bias"), channels: 6, kernel: 1).map { min(max(0, $0), 6) }
    let shortcut = y.convolved(
      w("block.downsample.weight"), w("block.downsample.bias"), channels: 6, kernel: 1, groups: 2)
    y = body + shortcut
    y = y + y.map { $0 / (1 + exp(-$0)) }
    // The maps are 5 × 4 now: the last window of the maximum overhangs them, the means take in a margin of zeros.
    let greatest = y.pooled(kernel: 3, stride: 2, height: 2, width: 2) { $0.max()! }
    let means = y.convolved(w("reduce.weight"), w("reduce.bias"), channels: 3, kernel: 3, padding: 1)
      .pooled(kernel: 3, stride: 3, padding: 1, height: 2, width: 2) { $0.reduce(0, +) / 9 }
    let features = greatest.joined(with: means).values
    let (matrix, bias) = (w("fc.weight"), w("fc.bias"))
    return bias.indices.map { o in
      features.indices.reduce(bias[o]) { $0 + matrix[o * features.count + $1] * features[$1] }
    }
  }

  @Test func `names follow blocks and places`() throws {
    let graph = try Network(Self.definition, weights: Self.definition.randomWeights()).graph()
    #expect(
      graph.nodes.map(\.output) == [
        "conv", "bn", "relu", "block.0", "block.1", "block.downsample", "block.add", "silu", "add", "pool", "reduce",
        "means", "cat", "flatten", "fc",
      ])
  }

  /// Extents that divide evenly, that do not, and that are smaller than what is asked for.
  @Test(arguments: [(3, 3), (6, 9), (7, 5), (2, 4), (1, 1)])
  func `adaptive pooling takes the mean of PyTorch's windows`(height: Int, width: Int) throws {
    let side = 3
    let definition = NetworkDefinition("pool", input: [2, height, width], classifier: "fc") { classes in
      AdaptiveAveragePool("avgpool", side: side)
      Flatten()
      Linear("fc", outputs: classes)
    }
    let weights = try definition.randomWeights(classes: 2)
    let x = Tensor.ramp([2, 2, height, width])
    let plan = try Plan(Network(definition, weights: weights).graph(batch: 2))
    let found = try plan.trace([NDArray(x)]).value(named: "avgpool").tensor
    var expected: [Float] = []
    for map in 0..<4 {
      for i in 0..<side {
        for j in 0..<side {
          let rows = i * height / side..<((i + 1) * height + side - 1) / side
          let columns = j * width / side..<((j + 1) * width + side - 1) / side
          let values = rows.flatMap { r in columns.map { x.scalars[(map * height + r) * width + $0] } }
          expected.append(values.reduce(0, +) / Float(values.count))
        }
      }
    }
    #expect(found.distance(to: Tensor(expected, shape: [2, 2, side, side])) < 1e-6)
  }

  @Test func `layers that appear under an if or a for are layers like any other`() throws {
    func definition(deep: Bool) -> NetworkDefinition {
      NetworkDefinition("conditional", input: [1, 4, 4], classifier: "fc") { classes in
        for number in 0..<(deep ? 2 : 1) { Convolution("conv\(number)", channels: 2, kernel: 1) }
        if deep { ReLU("relu") } else { ReLU6("relu6") }
        GlobalAveragePool("pool")
        Flatten()
        Linear("fc", outputs: classes)
      }
    }
    #expect(
      try definition(deep: true).parameters(classes: 2).map(\.name) == [
        "conv0.weight", "conv0.bias", "conv1.weight", "conv1.bias", "fc.weight", "fc.bias",
      ])
    #expect(try definition(deep: false).parameters(classes: 2).count == 4)
  }
}
