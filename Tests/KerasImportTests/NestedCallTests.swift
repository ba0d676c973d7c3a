import Foundation
import GraphEngine
import KerasImport
import Kernels
import Testing

/// A nested model called several times, as in Siamese networks.
@Suite struct `Nested models called again` {
  private func convolution(_ name: String, _ seed: Float) -> TestLayer {
    TestLayer(
      "Conv2D", name,
      ["filters": 2, "kernel_size": [1, 1], "strides": [1, 1], "padding": "valid", "activation": "tanh"],
      weights: [("kernel", [1, 1, 2, 2], numbers(4, seed)), ("bias", [2], numbers(2, seed + 1))])
  }

  private var encoder: [TestLayer] { [convolution("conv", 0), convolution("conv_2", 3)] }

  /// The encoder's answers to an image and to half of it, their difference; calls are counted from `first`.
  private func siamese(first: Int, version: String) -> KerasNetwork {
    KerasNetwork(
      layers: [
        .input([4, 3, 2]), TestLayer("Rescaling", "half", ["scale": 0.5, "offset": 0], calls: [["image"]]),
        TestLayer("Sequential", "enc", calls: [["image"], ["half"]], layers: encoder),
        TestLayer("Subtract", "difference", calls: [["enc@\(first)", "enc@\(first + 1)"]]),
      ], isSequential: false, version: version)
  }

  private var alone: KerasNetwork { KerasNetwork(layers: [.input([4, 3, 2])] + encoder) }

  @Test(arguments: [(0, "3.4.1"), (1, "2.15.0")])
  func `are lowered once for each call, in both kinds of file`(_ first: Int, _ version: String) throws {
    let image = array([1, 4, 3, 2], 2)
    let half = StoredArray(shape: image.shape, scalars: image.scalars.map { $0 / 2 })
    let single = try KerasModel(decoding: alone.archive())
    let (whole, part) = (try prediction(of: single, for: image), try prediction(of: single, for: half))
    let network = siamese(first: first, version: version)
    for data in [try network.archive(), try network.legacyFile()] {
      let found = try prediction(of: KerasModel(decoding: data), for: image)
      let expected = zip(whole.scalars, part.scalars).map(-)
      #expect(zip(found.scalars, expected).allSatisfy { abs($0 - $1) < 1e-6 })
    }
  }

  @Test func `have layers of distinct names and one set of weights`() throws {
    let graph = try KerasModel(decoding: siamese(first: 0, version: "3.4.1").archive()).graph()
    let names = graph.nodes.map(\.output)
    #expect(Set(names).count == names.count)
    #expect(
      names.filter { $0.hasPrefix("enc") && !$0.hasSuffix("pre_activation") }
        == ["enc/conv", "enc/conv_2", "enc.2/conv", "enc.2/conv_2"])
    let kernels = graph.constants.filter { $0.key.contains("conv/kernel") }.map(\.value)
    #expect(kernels.count == 2 && Set(kernels.map { $0.withScalars { $0.baseAddress } }).count == 1)
  }

  @Test func `may hold models that are called again themselves`() throws {
    let deep = TestLayer("Sequential", "deep", layers: [convolution("conv", 0)])
    let outer = KerasNetwork(
      layers: [
        .input([4, 3, 2]), TestLayer("Sequential", "enc", calls: [["image"], ["enc"]], layers: [deep]),
        TestLayer("Add", "sum", calls: [["enc", "enc@1"]]),
      ], isSequential: false)
    let names = try KerasModel(decoding: outer.archive()).graph().nodes.map(\.output)
    #expect(names.contains("enc/deep/conv") && names.contains("enc.2/deep/conv"))
  }
}
