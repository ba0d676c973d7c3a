import Foundation
import GraphEngine
import KerasImport
import Kernels
import Testing

/// Inputs that are given arrays, fixed numbers of images and sizes that only look open.
@Suite struct `Fixed inputs, batches and sizes of Keras networks` {
  private var categorized: KerasNetwork {
    KerasNetwork(
      layers: [
        .input([4, 3, 2]), .input([1], "site"),
        TestLayer("GlobalAveragePooling2D", "pool", calls: [["image"]]),
        TestLayer(
          "Embedding", "lookup", ["input_dim": 3, "output_dim": 2],
          weights: [("embeddings", [3, 2], [1, 2, 3, 4, 5, 6])], calls: [["site"]]),
        TestLayer("Flatten", "flat", calls: [["lookup"]]), TestLayer("Add", "sum", calls: [["pool", "flat"]]),
      ], isSequential: false)
  }

  @Test func `look up what they say, for every image`() throws {
    let model = try KerasModel(decoding: categorized.archive())
    let x = array([2, 2, 4, 3], 1)
    let graph = try model.graph(batch: 2, fixed: ["site": NDArray([2], shape: [1, 1])])
    #expect(graph.inputs.map(\.name) == ["image"])
    let y = try Plan(graph).outputs(for: [NDArray(x.scalars, shape: x.shape)])[0].scalars
    let expected = (0..<4).map { (place: Int) -> Float in
      let sum: Float = x.scalars[(place * 12)..<(place * 12 + 12)].reduce(0, +)
      return sum / 12 + Float(5 + place % 2)
    }
    #expect(zip(y, expected).allSatisfy { abs($0 - $1) < 1e-5 })
    let error = #expect(throws: KerasError.self) { try model.graph() }
    #expect("\(try #require(error))".contains("depends on the input 'site'"))
    #expect(throws: KerasError.noSuchInput("age", inputs: ["image", "site"])) {
      try model.graph(fixed: ["age": NDArray([2], shape: [1, 1])])
    }
    #expect(throws: KerasError.self) { try model.graph(fixed: ["site": NDArray([3], shape: [1, 1])]) }
  }

  @Test func `are taken in Keras' order of axes and in the graph's`() throws {
    let two = KerasNetwork(
      layers: [
        .input([4, 3, 2]), .input([4, 3, 2], "other"),
        TestLayer("Subtract", "difference", calls: [["image", "other"]]),
      ], isSequential: false)
    let model = try KerasModel(decoding: two.archive())
    let last = array([1, 4, 3, 2], 5)
    let first = try transposed(NDArray(last.scalars, shape: last.shape), permutation: [0, 3, 1, 2])
    for other in [first, NDArray(last.scalars, shape: last.shape)] {
      let graph = try model.graph(fixed: ["other": other])
      #expect(try Plan(graph).outputs(for: [first])[0].scalars.allSatisfy { $0 == 0 })
    }
    #expect(throws: KerasError.wrongShape(input: "other", declared: [1, 4, 3, 2], given: [1, 3, 3, 2])) {
      try model.graph(fixed: ["other": NDArray(repeating: 0, shape: [1, 3, 3, 2])])
    }
  }

  private func dense(_ inputs: Int) -> TestLayer {
    TestLayer(
      "Dense", "head", ["units": 2], weights: [("kernel", [inputs, 2], numbers(inputs * 2)), ("bias", [2], [1, 2])])
  }

  @Test func `a network built for four images answers for one`() throws {
    func network(_ batch: Int?) -> KerasNetwork {
      KerasNetwork(layers: [.input([4, 3, 2], batch: batch), TestLayer("Flatten", "flat"), dense(24)])
    }
    let image = array([1, 4, 3, 2], 3)
    let fixed = try KerasModel(decoding: network(4).archive()).lowered()
    #expect(fixed.graph.inputs[0].shape == [1, 2, 4, 3] && fixed.notes.count == 1 && !fixed.takesBatches)
    let expected = try prediction(of: KerasModel(decoding: network(nil).archive()), for: image).scalars
    #expect(try prediction(of: KerasModel(decoding: network(4).archive()), for: image).scalars == expected)
  }

  @Test func `a size that the layers do not leave open is not the model's fault`() throws {
    var open = TestLayer.input([1])
    open.settings["batch_shape"] = [NSNull(), NSNull(), NSNull(), 2] as [Any]
    let pool = TestLayer("AveragePooling2D", "pool", ["pool_size": [8, 8], "strides": [8, 8], "padding": "valid"])
    let network = KerasNetwork(layers: [open, pool, TestLayer("Flatten", "flat"), dense(32)])
    let model = try KerasModel(decoding: network.archive())
    let error = #expect(throws: KerasError.self) { try model.graph(imageSize: (224, 224)) }
    guard case .unfitImageSize(224, 224, _, 32) = try #require(error) else { throw try #require(error) }
    #expect("\(try #require(error))".contains("does not fit this network"))
  }

  @Test func `files of Keras 1 say so and the way out`() throws {
    let json = """
      {"class_name": "Sequential", "config": [{"class_name": "Convolution2D", "config":
       {"name": "c", "nb_filter": 2, "nb_row": 3, "nb_col": 3, "batch_input_shape": [null, 4, 4, 3]}}]}
      """
    for version in ["1.2.1", nil] {
      let file = try HDF5Writer.file {
        try $0.strings("", "model_config", [json], isScalar: true)
        if let version { try $0.strings("", "keras_version", [version], isScalar: true) }
        try $0.group("model_weights")
      }
      let error = #expect(throws: KerasError.self) { try KerasModel(decoding: file, named: "old.h5") }
      let sentence = "\(try #require(error))"
      #expect(sentence.contains("Keras 1") && sentence.contains("load it with Keras 2.2"))
    }
  }

  @Test func `an error's sentence has at most 600 characters`() throws {
    let layers = (0..<300).map { TestLayer("Odd\($0)", String(repeating: "long/", count: 80) + "\($0)") }
    let network = KerasNetwork(layers: [.input([4, 3, 2])] + layers)
    let error = #expect(throws: KerasError.self) { try KerasModel(decoding: network.archive()) }
    #expect("\(try #require(error))".count <= 600)
    #expect("\(try #require(error))".contains("more classes"))
  }
}
