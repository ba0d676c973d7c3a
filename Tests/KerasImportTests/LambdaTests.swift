import Foundation
import GraphEngine
import KerasImport
import Kernels
import Testing

/// Lambda layers by what somebody says they compute; the code in them is never run.
@Suite struct `Lambda layers` {
  private let image = array([1, 4, 3, 2], 2)

  private func network(_ further: [TestLayer] = []) -> KerasNetwork {
    KerasNetwork(layers: [.input([4, 3, 2]), TestLayer("Lambda", "norm", ["function": "gANjbnVtcHkK"])] + further)
  }

  private func output(_ expression: String) throws -> [Float] {
    let model = try KerasModel(decoding: network().archive(), lambdas: ["norm": expression])
    return try prediction(of: model, for: image).scalars
  }

  private func expect(_ expression: String, _ value: (Float) -> Float) throws {
    let found = try output(expression)
    #expect(found.count == 24)
    #expect(zip(found, image.scalars).allSatisfy { abs($0 - value($1)) < 1e-5 }, "\(expression)")
  }

  @Test func `compute what they are said to`() throws {
    try expect("x / 127.5 - 1") { $0 / 127.5 - 1 }
    try expect("x") { $0 }
    try expect("-x**2") { -$0 * $0 }
    try expect("2 * (x + 1) - x / 4 * 3") { 2 * ($0 + 1) - $0 / 4 * 3 }
    try expect("2 ** -1 * x - 1e-1") { $0 / 2 - 0.1 }
    try expect("1 - 2 - 3 + x") { $0 - 4 }
    try expect("8 / 2 / 2 * x") { 2 * $0 }
    try expect("2 ** 3 ** 0 + x") { 2 + $0 }
    try expect("1 / (3 + x) + x * x") { 1 / (3 + $0) + $0 * $0 }
    try expect("sqrt(abs(x)) + square(x) * exp(x) - tanh(relu(x)) + sigmoid(x) + log(x + 2)") {
      abs($0).squareRoot() + $0 * $0 * exp($0) - tanh(max(0, $0)) + 1 / (1 + exp(-$0)) + log($0 + 2)
    }
  }

  @Test func `reduce along Keras' axes`() throws {
    func x(_ h: Int, _ w: Int, _ c: Int) -> Float { image.scalars[h * 6 + w * 2 + c] }
    let means = (0..<12).map { (x($0 / 3, $0 % 3, 0) + x($0 / 3, $0 % 3, 1)) / 2 }
    #expect(zip(try output("mean(x, axis=-1)"), means).allSatisfy { abs($0 - $1) < 1e-6 })
    let pooled = (0..<2).map { c in (0..<12).map { x($0 / 3, $0 % 3, c) }.max()! }
    #expect(try output("max(x, 1, 2)") == pooled)
    let unit = (0..<24).map { place in
      let (a, b) = (image.scalars[place / 2 * 2], image.scalars[place / 2 * 2 + 1])
      return image.scalars[place] / (a * a + b * b).squareRoot()
    }
    #expect(zip(try output("l2_normalize(x)"), unit).allSatisfy { abs($0 - $1) < 1e-5 })
  }

  @Test func `turn channels into positions`() throws {
    let wide = KerasNetwork(layers: [.input([2, 3, 4]), TestLayer("Lambda", "norm")])
    let x = array([1, 2, 3, 4], 2)
    let model = try KerasModel(decoding: wide.archive(), lambdas: ["norm": "depth_to_space(x, 2)"])
    let found = try prediction(of: model, for: x)
    #expect(found.shape == [1, 4, 6, 1])
    let expected = (0..<24).map { place -> Float in
      let (h, w) = (place / 6, place % 6)
      return x.scalars[(h / 2 * 3 + w / 2) * 4 + h % 2 * 2 + w % 2]
    }
    #expect(found.scalars == expected)
  }

  @Test func `at the start rescale the image`() throws {
    let convolution = TestLayer(
      "Conv2D", "conv", ["filters": 1, "kernel_size": [1, 1], "strides": [1, 1], "padding": "valid"],
      weights: [("kernel", [1, 1, 2, 1], [1, 2]), ("bias", [1], [3])])
    let model = try KerasModel(
      decoding: network([convolution]).archive(), lambdas: ["norm": "x / 127.5 - 1"])
    #expect(try model.rescalingLayers() == ["norm"])
    #expect(try model.graph().nodes.map(\.output) == ["norm/2", "norm", "conv"])
  }

  @Test(arguments: [
    "", "x +", "x 1", "(x", "y", "x.shape", "__import__('os')", "mean(x)", "tanh(x, 1)", "x ** ** 2", "1..2 * x",
    "x; x",
    "mean(x, 0.5)", "sqrt", String(repeating: "(", count: 500) + "x", "3 - 2", "mean(x, 0)", "mean(x, 9)",
  ])
  func `that cannot be read say where and how to write them`(_ expression: String) throws {
    let error = #expect(throws: KerasError.self) { try output(expression) }
    let sentence = "\(try #require(error))"
    #expect(sentence.contains("'norm'") && sentence.count <= 600)
  }

  @Test func `that are not there are named`() throws {
    #expect(throws: KerasError.noSuchLambda("other", lambdas: ["norm"])) {
      try KerasModel(decoding: network().archive(), lambdas: ["other": "x"])
    }
    let error = #expect(throws: KerasError.self) { try KerasModel(decoding: network().archive()) }
    let sentence = "\(try #require(error))"
    #expect(sentence.contains("Lambda at 'norm'") && sentence.contains("tf2onnx"))
    #expect(sentence.contains("x / 127.5 - 1") && !sentence.contains("the layer before them"))
  }

  @Test func `in nested models are called by their path or their name`() throws {
    let nested = KerasNetwork(layers: [
      .input([4, 3, 2]), TestLayer("Sequential", "inner", layers: [TestLayer("Lambda", "norm")]),
    ])
    for name in ["norm", "inner/norm"] {
      let model = try KerasModel(decoding: nested.archive(), lambdas: [name: "x * 2"])
      #expect(try prediction(of: model, for: image).scalars == image.scalars.map { 2 * $0 })
    }
  }
}
