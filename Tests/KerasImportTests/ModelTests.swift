import Foundation
import GraphEngine
import KerasImport
import Kernels
import Testing

/// Whole networks: how layers hang together, and what their values are called.
@Suite struct `Keras models` {
  private func convolution(_ name: String, _ channels: Int, _ seed: Float, calls: [[String]] = []) -> TestLayer {
    TestLayer(
      "Conv2D", name,
      ["filters": 2, "kernel_size": [1, 1], "strides": [1, 1], "padding": "valid", "activation": "tanh"],
      weights: [("kernel", [1, 1, channels, 2], numbers(channels * 2, seed)), ("bias", [2], numbers(2, seed + 1))],
      calls: calls)
  }

  private func norm(_ name: String) -> TestLayer {
    TestLayer(
      "BatchNormalization", name, ["axis": 3],
      weights: [
        ("gamma", [2], [1, 2]), ("beta", [2], [3, 4]), ("moving_mean", [2], [0.5, 0.6]),
        ("moving_variance", [2], [2, 3]),
      ])
  }

  private var functional: KerasNetwork {
    KerasNetwork(
      layers: [
        .input([4, 3, 2]), convolution("first", 2, 0, calls: [["image"]]),
        convolution("twice", 2, 5, calls: [["first"], ["twice"]]),
        TestLayer("Add", "sum", calls: [["twice@1", "first"]]),
        TestLayer("Concatenate", "join", ["axis": -1], calls: [["sum", "image"]]),
        TestLayer("GlobalAveragePooling2D", "pool", calls: [["join"]]),
        TestLayer(
          "Dense", "predictions", ["units": 3, "activation": "softmax"],
          weights: [("kernel", [4, 3], numbers(12, 9)), ("bias", [3], numbers(3, 8))], calls: [["pool"]]),
      ], isSequential: false)
  }

  private func nested(frozen: Bool = false) -> KerasNetwork {
    var inner = [convolution("conv", 2, 0), norm("norm"), convolution("conv_2", 2, 3), norm("norm_2")]
    if frozen { for index in inner.indices { inner[index].settings["trainable"] = false } }
    return KerasNetwork(layers: [
      .input([4, 3, 2]), TestLayer("Sequential", "stem", layers: inner), TestLayer("Flatten", "flat"),
      TestLayer("Dense", "head", ["units": 2], weights: [("kernel", [24, 2], numbers(48)), ("bias", [2], [1, 2])]),
    ])
  }

  @Test func `both kinds of file hold the same network`() throws {
    let image = array([1, 4, 3, 2], 3)
    for network in [functional, nested(), nested(frozen: true)] {
      let archive = try prediction(of: KerasModel(decoding: network.archive()), for: image)
      let legacy = try prediction(of: KerasModel(decoding: network.legacyFile()), for: image)
      #expect(archive.scalars == legacy.scalars)
      #expect(archive.scalars.allSatisfy(\.isFinite) && Set(archive.scalars).count > 1)
    }
  }

  /// `LayerScale` does not name its weight, so that Keras calls them `variable`, `variable_1` and so on.
  @Test func `weights without a name of their own are found by their number`() throws {
    func network(_ names: [String]) -> KerasNetwork {
      KerasNetwork(
        layers: [.input([4, 3, 2])]
          + names.enumerated().map { index, name in
            TestLayer(
              "LayerScale", "scale_\(index)", ["projection_dim": 2, "init_values": 1],
              weights: [(name, [2], numbers(2, Float(index)))])
          })
    }
    let image = array([1, 4, 3, 2], 3)
    let numbered = try KerasModel(decoding: network(["variable", "variable_1"]).legacyFile())
    let named = try KerasModel(decoding: network(["gamma", "gamma"]).legacyFile())
    #expect(try prediction(of: numbered, for: image).scalars == prediction(of: named, for: image).scalars)
    #expect(throws: KerasError.self) { try KerasModel(decoding: network(["variable", "gamma_1"]).legacyFile()) }
    #expect(throws: KerasError.self) { try KerasModel(decoding: network(["variable", "variable_b"]).legacyFile()) }
  }

  @Test func `values are called after their layers`() throws {
    let names = try KerasModel(decoding: functional.archive()).graph().nodes.map(\.output)
    #expect(
      names == [
        "first/pre_activation", "first", "twice/pre_activation", "twice", "twice.2/pre_activation", "twice.2", "sum",
        "join", "pool/pooled", "pool", "predictions/pre_activation", "predictions",
      ])
    let inner = try KerasModel(decoding: nested().archive()).graph().nodes.map(\.output)
    #expect(inner.contains("stem/conv") && inner.contains("stem/norm_2") && inner.last == "head")
  }

  @Test func `a layer called twice has one set of weights`() throws {
    let graph = try KerasModel(decoding: functional.archive()).graph()
    let kernels = graph.constants.filter { $0.key.hasPrefix("twice") && $0.key.contains("kernel") }.map(\.value)
    #expect(kernels.count == 2)
    #expect(Set(kernels.map { $0.withScalars { $0.baseAddress } }).count == 1)
  }

  @Test func `batches share the weights and predict as single images do`() throws {
    let model = try KerasModel(decoding: functional.archive())
    let pair = array([2, 4, 3, 2])
    let both = try prediction(of: model, for: pair)
    let halves = [Array(pair.scalars.prefix(24)), Array(pair.scalars.suffix(24))]
    let alone = try halves.flatMap {
      try prediction(of: model, for: StoredArray(shape: [1, 4, 3, 2], scalars: $0)).scalars
    }
    #expect(zip(both.scalars, alone).allSatisfy { abs($0 - $1) < 1e-6 })
  }

  @Test func `Keras 2 counts a nested model's calls from one`() throws {
    let stem = TestLayer("Sequential", "stem", calls: [["image"]], layers: [convolution("conv", 2, 0)])
    let network = KerasNetwork(
      layers: [.input([4, 3, 2]), stem, TestLayer("Flatten", "flat", calls: [["stem@1"]])], isSequential: false,
      version: "2.15.0")
    let graph = try KerasModel(decoding: network.archive()).graph()
    #expect(graph.outputs == ["flat"])
  }

  @Test func `the gradient agrees with differences`() throws {
    let graph = try KerasModel(decoding: nested().archive()).graph()
    let plan = try Plan(graph)
    let (x, direction) = (numbers(24, 2), numbers(24, 7))
    let trace = try plan.trace([NDArray(x, shape: [1, 2, 4, 3])])
    let walk = try BackwardPass(through: trace, from: "head", cotangent: NDArray([1, -2], shape: [1, 2]))
    let gradient = try #require(try walk.cotangent(of: "image")).scalars
    func score(_ step: Float) throws -> Float {
      let moved = zip(x, direction).map { $0 + step * $1 }
      let y = try plan.outputs(for: [NDArray(moved, shape: [1, 2, 4, 3])])[0].scalars
      return y[0] - 2 * y[1]
    }
    let slope = try (score(0.01) - score(-0.01)) / 0.02
    let projected = zip(gradient, direction).map { $0 * $1 }.reduce(0, +)
    #expect(abs(slope - projected) < 0.01 * abs(slope))
  }

  @Test func `networks that rescale their images say so`() throws {
    let rescaling = TestLayer("Rescaling", "to_unit", ["scale": 1 / 255.0, "offset": 0])
    let flip = TestLayer("RandomFlip", "flip")
    let after = KerasNetwork(layers: [.input([4, 3, 2]), flip, rescaling, convolution("conv", 2, 0)])
    #expect(try KerasModel(decoding: after.archive()).rescalingLayers() == ["to_unit"])
    let late = KerasNetwork(layers: [.input([4, 3, 2]), convolution("conv", 2, 0), rescaling])
    #expect(try KerasModel(decoding: late.archive()).rescalingLayers().isEmpty)
    let inside = KerasNetwork(layers: [
      .input([4, 3, 2]), TestLayer("Sequential", "stem", layers: [rescaling, convolution("conv", 2, 0)]),
    ])
    #expect(try KerasModel(decoding: inside.archive()).rescalingLayers() == ["stem/to_unit"])
  }

  @Test func `an open image size is filled in, a fixed one kept`() throws {
    var open = TestLayer.input([1])
    open.settings["batch_shape"] = [NSNull(), NSNull(), NSNull(), 2] as [Any]
    let network = KerasNetwork(layers: [open, convolution("conv", 2, 0), TestLayer("GlobalAveragePooling2D", "pool")])
    let model = try KerasModel(decoding: network.archive())
    #expect(model.leavesImageSizeOpen)
    #expect(throws: KerasError.unknownImageSize(input: "image")) { try model.graph() }
    #expect(try model.graph(batch: 3, imageSize: (7, 5)).inputs[0].shape == [3, 2, 7, 5])
    let fixed = try KerasModel(decoding: functional.archive())
    #expect(throws: KerasError.fixedImageSize(input: "image", declared: [4, 3], asked: [7, 5])) {
      try fixed.graph(imageSize: (7, 5))
    }
  }

  @Test func `channels that come first stay where they are`() throws {
    let settings: [String: Any] = [
      "filters": 2, "kernel_size": 1, "strides": 1, "padding": "valid", "data_format": "channels_first",
      "use_bias": false,
    ]
    let conv = TestLayer("Conv2D", "conv", settings, weights: [("kernel", [1, 1, 2, 2], [1, 2, 3, 4])])
    let flatten = TestLayer("Flatten", "flat", ["data_format": "channels_first"])
    let network = KerasNetwork(layers: [.input([2, 1, 3]), conv, flatten])
    let model = try KerasModel(decoding: network.archive())
    let y = try prediction(of: model, for: StoredArray(shape: [1, 2, 1, 3], scalars: [1, 2, 3, 10, 20, 30]))
    // Flattened in the order of channels last, as Keras does.
    #expect(y.scalars == [31, 42, 62, 84, 93, 126])
  }
}
