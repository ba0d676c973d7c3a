import Foundation
import GraphEngine
import KerasImport
import Kernels
import Testing

/// Layers that look from every token at every other, against their sums written out.
@Suite struct `Attention layers` {
  private let tokens = array([1, 4, 3], 2)

  private func output(_ layers: [TestLayer]) throws -> [Float] {
    let network = KerasNetwork(layers: [.input([4, 3])] + layers, isSequential: false)
    var all: [[Float]] = []
    for data in [try network.archive(), try network.legacyFile()] {
      let graph = try KerasModel(decoding: data).graph()
      all.append(try Plan(graph).outputs(for: [NDArray(tokens.scalars, shape: tokens.shape)])[0].scalars)
    }
    #expect(all[0] == all[1])
    return all[0]
  }

  private var rows: [[Float]] { (0..<4).map { Array(tokens.scalars[($0 * 3)..<($0 * 3 + 3)]) } }

  /// Values weighted by the softmax of scores.
  private func weighted(_ values: [[Float]], _ score: (Int, Int) -> Float) -> [[Float]] {
    values.indices.map { i in
      let shares = values.indices.map { exp(score(i, $0)) }
      return values[0].indices.map { d in
        values.indices.reduce(0) { $0 + shares[$1] * values[$1][d] } / shares.reduce(0, +)
      }
    }
  }

  private func expectClose(_ found: [Float], _ expected: [Float], _ comment: Comment) {
    #expect(found.count == expected.count, comment)
    #expect(zip(found, expected).allSatisfy { abs($0 - $1) < 1e-5 }, comment)
  }

  @Test(arguments: [false, true]) func `of several heads project, attend and project`(isCausal: Bool) throws {
    let sizes = [("query", 2), ("key", 2), ("value", 3)]
    var weights: [(String, [Int], [Float])] = [], places: [String] = []
    for (index, (name, size)) in sizes.enumerated() {
      weights += [
        ("\(name)/kernel", [3, 2, size], numbers(6 * size, Float(index))),
        ("\(name)/bias", [2, size], numbers(2 * size, Float(index) + 0.5)),
      ]
      places += ["\(name)_dense/vars/0", "\(name)_dense/vars/1"]
    }
    weights += [("output/kernel", [2, 3, 5], numbers(30, 7)), ("output/bias", [5], numbers(5, 8))]
    places += ["output_dense/vars/0", "output_dense/vars/1"]
    var layer = TestLayer(
      "MultiHeadAttention", "look", ["num_heads": 2, "key_dim": 2, "value_dim": 3, "use_bias": true, "dropout": 0.5],
      weights: weights)
    layer.places = places
    let keywords: [String: Any] = isCausal ? ["use_causal_mask": true] : [:]
    layer.nodes = [["args": [TestLayer.tensor("image"), TestLayer.tensor("image")], "kwargs": keywords]]
    func part(_ index: Int, _ head: Int) -> [[Float]] {
      let (kernel, bias, size) = (weights[2 * index].2, weights[2 * index + 1].2, sizes[index].1)
      return rows.map { row in
        (0..<size).map { d in
          (0..<3).reduce(bias[head * size + d]) { $0 + row[$1] * kernel[$1 * 2 * size + head * size + d] }
        }
      }
    }
    let heads = (0..<2).map { head in
      let (q, k) = (part(0, head), part(1, head))
      return weighted(part(2, head)) { i, j in
        isCausal && j > i ? -.infinity : zip(q[i], k[j]).reduce(0) { $0 + $1.0 * $1.1 } / Float(2).squareRoot()
      }
    }
    let (kernel, bias) = (weights[6].2, weights[7].2)
    func projected(_ i: Int, _ o: Int) -> Float {
      (0..<6).reduce(bias[o]) { (sum: Float, d: Int) -> Float in sum + heads[d / 3][i][d % 3] * kernel[d * 5 + o] }
    }
    let expected = (0..<20).map { projected($0 / 5, $0 % 5) }
    expectClose(try output([layer]), expected, "causal: \(isCausal)")
  }

  @Test func `of one head score by products or by bent sums`() throws {
    func layer(_ className: String, _ settings: [String: Any], _ weights: [(String, [Int], [Float])]) -> TestLayer {
      TestLayer(className, "look", settings, weights: weights, calls: [["image", "image"]])
    }
    func product(_ i: Int, _ j: Int) -> Float { zip(rows[i], rows[j]).reduce(0) { $0 + $1.0 * $1.1 } }
    let scale: [Float] = [0.5, -1, 2]
    func sum(_ i: Int, _ j: Int) -> [Float] { zip(rows[i], rows[j]).map { tanh($0 + $1) } }
    expectClose(try output([layer("Attention", [:], [])]), weighted(rows, product).flatMap { $0 }, "dot")
    expectClose(
      try output([layer("Attention", ["use_scale": true], [("scale", [], [0.7])])]),
      weighted(rows) { 0.7 * product($0, $1) }.flatMap { $0 }, "scaled")
    expectClose(
      try output([layer("Attention", ["score_mode": "concat"], [("concat_score_weight", [], [0.3])])]),
      weighted(rows) { 0.3 * sum($0, $1).reduce(0, +) }.flatMap { $0 }, "concat")
    expectClose(
      try output([layer("AdditiveAttention", ["use_scale": true], [("scale", [3], scale)])]),
      weighted(rows) { zip(sum($0, $1), scale).reduce(0) { $0 + $1.0 * $1.1 } }.flatMap { $0 }, "additive")
  }

  @Test func `with masks are refused`() throws {
    var layer = TestLayer("MultiHeadAttention", "look", ["num_heads": 1, "key_dim": 1])
    layer.nodes = [
      [
        "args": [TestLayer.tensor("image"), TestLayer.tensor("image")],
        "kwargs": ["attention_mask": TestLayer.tensor("image")],
      ]
    ]
    let sizes = ["query", "key", "value"].flatMap { part in
      [("\(part)/kernel", [3, 1, 1], numbers(3)), ("\(part)/bias", [1, 1], numbers(1))] as [(String, [Int], [Float])]
    }
    let last: [(String, [Int], [Float])] = [
      ("output/kernel", [1, 1, 3], numbers(3)), ("output/bias", [3], numbers(3)),
    ]
    layer.weights = (sizes + last).map { ($0.0, StoredArray(shape: $0.1, scalars: $0.2)) }
    layer.places = ["query", "key", "value", "output"].flatMap { ["\($0)_dense/vars/0", "\($0)_dense/vars/1"] }
    let error = #expect(throws: KerasError.self) { try output([layer]) }
    #expect("\(try #require(error))".contains("attention_mask"))
  }
}
