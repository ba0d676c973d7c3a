import Foundation
import GraphEngine
import KerasImport
import Kernels
import Testing

/// Functions applied to tensors, against what they are by definition; the image is [1, 4, 3, 2].
@Suite struct `Functions of Keras' ops` {
  private let image = array([1, 4, 3, 2], 2)

  /// What the network makes of the image, in Keras' order.
  private func output(_ layers: [TestLayer]) throws -> StoredArray {
    let network = KerasNetwork(layers: [.input([4, 3, 2])] + layers, isSequential: false)
    let graph = try KerasModel(decoding: network.archive()).graph()
    let x = try transposed(NDArray(image.scalars, shape: image.shape), permutation: [0, 3, 1, 2])
    var y = try Plan(graph).outputs(for: [x])[0]
    if y.shape.count == 4 { y = try transposed(y, permutation: [0, 2, 3, 1]) }
    return StoredArray(shape: y.shape, scalars: y.scalars)
  }

  private func expect(
    _ layers: [TestLayer], _ shape: [Int], _ comment: Comment, _ value: (_ h: Int, _ w: Int, _ c: Int) -> Float
  ) throws {
    let found = try output(layers)
    #expect(found.shape == [1] + shape, comment)
    let extents = shape + Array(repeating: 1, count: max(0, 3 - shape.count))
    let expected = (0..<extents[0]).flatMap { h in
      (0..<extents[1]).flatMap { w in (0..<extents[2]).map { value(h, w, $0) } }
    }
    #expect(zip(found.scalars, expected).allSatisfy { abs($0 - $1) < 1e-5 }, comment)
  }

  private func x(_ h: Int, _ w: Int, _ c: Int) -> Float { image.scalars[h * 6 + w * 2 + c] }

  private func function(_ className: String, _ settings: [String: Any] = [:], _ others: [Any] = []) -> [TestLayer] {
    [.function(className, "f", settings, of: [TestLayer.tensor("image")] + others)]
  }

  private func slice(_ start: Int?, _ stop: Int?, _ step: Int? = nil) -> [String: Any] {
    func json(_ number: Int?) -> Any { number.map { $0 as Any } ?? NSNull() }
    return ["class_name": "__slice__", "config": ["start": json(start), "stop": json(stop), "step": json(step)]]
  }

  @Test func `reduce along Keras' axes`() throws {
    try expect(function("Mean", ["axis": -1, "keepdims": true]), [4, 3, 1], "mean") { h, w, _ in
      (x(h, w, 0) + x(h, w, 1)) / 2
    }
    try expect(function("Max", ["axis": [1, 2], "keepdims": false]), [2], "max") { c, _, _ in
      (0..<12).map { x($0 / 3, $0 % 3, c) }.max()!
    }
    try expect(function("Sum", ["axis": 2]), [4, 2], "sum") { h, c, _ in (0..<3).map { x(h, $0, c) }.reduce(0, +) }
    try expect(function("Min", ["axis": [-1]]), [4, 3], "min") { h, w, _ in min(x(h, w, 0), x(h, w, 1)) }
    func variance(_ h: Int, _ c: Int) -> Float {
      let row = (0..<3).map { x(h, $0, c) }
      let mean = row.reduce(0, +) / 3
      return row.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / 3
    }
    try expect(function("Var", ["axis": 2]), [4, 2], "var") { h, c, _ in variance(h, c) }
    try expect(function("Std", ["axis": [2], "keepdims": true]), [4, 1, 2], "std") { h, _, c in
      variance(h, c).squareRoot()
    }
    try expect(function("Argmax", ["axis": -1]), [4, 3], "argmax") { h, w, _ in x(h, w, 1) > x(h, w, 0) ? 1 : 0 }
    try expect(function("Argmin", ["axis": 2, "keepdims": true]), [4, 1, 2], "argmin") { h, _, c in
      Float((0..<3).min { x(h, $0, c) < x(h, $1, c) }!)
    }
    // At its place rather than by its name, as Keras 2 saves a call of TensorFlow's.
    try expect(function("Max", [:], [2]), [4, 2], "max at a place") { h, c, _ in (0..<3).map { x(h, $0, c) }.max()! }
    #expect(throws: KerasError.self) { try output(function("Mean")) }
  }

  @Test func `apply to each scalar`() throws {
    let cases: [(String, [Any], (Float) -> Float)] = [
      ("Square", [], { $0 * $0 }), ("Absolute", [], { abs($0) }), ("Exp", [], { exp($0) }),
      ("Relu", [], { max(0, $0) }), ("Sigmoid", [], { 1 / (1 + exp(-$0)) }), ("Negative", [], { -$0 }),
      ("Power", [3], { $0 * $0 * $0 }), ("Subtract", [0.25], { $0 - 0.25 }), ("TrueDivide", [4], { $0 / 4 }),
      ("Maximum", [0.1], { max($0, 0.1) }),
    ]
    for (className, others, value) in cases {
      try expect(function(className, [:], others), [4, 3, 2], "\(className)") { value(x($0, $1, $2)) }
    }
    try expect(function("Clip", ["x_min": -0.5, "x_max": 0.25]), [4, 3, 2], "clip") {
      min(max(x($0, $1, $2), -0.5), 0.25)
    }
    try expect(function("LeakyRelu", ["negative_slope": 0.1]), [4, 3, 2], "leaky") { h, w, c in
      max(x(h, w, c), 0.1 * x(h, w, c))
    }
    func gelu(_ x: Float) -> Float { 0.5 * x * (1 + tanh(0.797_884_6 * (x + 0.044_715 * x * x * x))) }
    try expect(function("Gelu"), [4, 3, 2], "approximated") { gelu(x($0, $1, $2)) }
    try expect(function("Gelu", ["approximate": false]), [4, 3, 2], "exact") { h, w, c in
      0.5 * x(h, w, c) * (1 + erf(x(h, w, c) / Float(2).squareRoot()))
    }
    let inverse = TestLayer.function("TrueDivide", "g", of: [2.0, TestLayer.tensor("f")])
    try expect(function("Exp") + [inverse], [4, 3, 2], "quotient") { 2 / exp(x($0, $1, $2)) }
    let power = TestLayer.function("Power", "f", of: [2.0, TestLayer.tensor("image")])
    try expect([power], [4, 3, 2], "power") { pow(2, x($0, $1, $2)) }
  }

  @Test func `combine tensors with arrays of numbers`() throws {
    let array: [String: Any] = ["class_name": "__tensor__", "config": ["value": [[[[10, 20]]]], "dtype": "float32"]]
    let layers = function("Add", [:], [array])
    try expect(layers, [4, 3, 2], "per channel") { x($0, $1, $2) + [10, 20][$2] }
    let model = try KerasModel(
      decoding: KerasNetwork(layers: [.input([4, 3, 2])] + layers, isSequential: false).archive())
    #expect(try model.rescalingLayers() == ["f"])
  }

  @Test func `move scalars`() throws {
    try expect(function("Transpose", ["axes": [0, 2, 1, 3]]), [3, 4, 2], "transpose") { x($1, $0, $2) }
    try expect(function("Reshape", ["newshape": [-1, 6, 4]]), [6, 4], "reshape") { image.scalars[$0 * 4 + $1 + $2] }
    try expect(
      function("Mean", ["axis": 3]) + [.function("ExpandDims", "g", ["axis": 1], of: [TestLayer.tensor("f")])],
      [1, 4, 3], "expand"
    ) { _, h, w in (x(h, w, 0) + x(h, w, 1)) / 2 }
    let kept = function("Mean", ["axis": 3, "keepdims": true])
    try expect(
      kept + [.function("Squeeze", "g", ["axis": -1], of: [TestLayer.tensor("f")])], [4, 3], "squeeze"
    ) { h, w, _ in (x(h, w, 0) + x(h, w, 1)) / 2 }
    let pair: [Any] = [[TestLayer.tensor("image"), TestLayer.tensor("image")]]
    try expect([.function("Concatenate", "f", ["axis": 1], of: pair)], [8, 3, 2], "concatenate") { x($0 % 4, $1, $2) }
  }

  /// As `preprocess_input` turns channels round.
  @Test func `pick and stack`() throws {
    let dots: [String: Any] = ["class_name": "__ellipsis__", "config": [String: Any]()]
    let all = slice(nil, nil)
    try expect(function("GetItem", [:], [[all, slice(1, -1), slice(nil, nil, 2)]]), [2, 2, 2], "slices") {
      x($0 + 1, 2 * $1, $2)
    }
    try expect(function("GetItem", [:], [[dots, slice(nil, nil, -1)]]), [4, 3, 2], "reversed") { x($0, $1, 1 - $2) }
    try expect(function("GetItem", [:], [[all, 2, NSNull() as Any, all, -1]]), [1, 3], "positions") { x(2, $1 + $2, 1) }
    let channels = [1, 0].map { TestLayer.function("GetItem", "c\($0)", of: [TestLayer.tensor("image"), [dots, $0]]) }
    let stacked = TestLayer.function(
      "Stack", "f", ["axis": -1], of: [[TestLayer.tensor("c1"), TestLayer.tensor("c0")]])
    try expect(channels + [stacked], [4, 3, 2], "stack") { x($0, $1, 1 - $2) }
    #expect(throws: KerasError.self) { try output(function("GetItem", [:], [[0]])) }
  }

  @Test func `multiply matrices and normalise`() throws {
    let rows = function("Reshape", ["newshape": [-1, 6, 4]])
    let turned = TestLayer.function("Transpose", "t", ["axes": [0, 2, 1]], of: [TestLayer.tensor("f")])
    let product = TestLayer.function("Matmul", "g", of: [TestLayer.tensor("f"), TestLayer.tensor("t")])
    try expect(rows + [turned, product], [6, 6], "product") { i, j, _ in
      (0..<4).reduce(0) { $0 + image.scalars[i * 4 + $1] * image.scalars[j * 4 + $1] }
    }
    try expect(function("Softmax", ["axis": 1]), [4, 3, 2], "softmax") { h, w, c in
      exp(x(h, w, c)) / (0..<4).map { exp(x($0, w, c)) }.reduce(0, +)
    }
  }

  @Test func `turn channels into positions as TensorFlow does`() throws {
    var blocks = TestLayer("TFOpLambda", "f", ["function": "nn.depth_to_space"])
    blocks.nodes = [["args": [TestLayer.tensor("wide"), 2], "kwargs": [String: Any]()]]
    let wide = TestLayer.function(
      "Concatenate", "wide", ["axis": -1], of: [[TestLayer.tensor("image"), TestLayer.tensor("image")]])
    try expect([wide, blocks], [8, 6, 1], "depth to space") { h, w, _ in x(h / 2, w / 2, w % 2) }
  }
}
