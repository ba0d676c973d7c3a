import AttributionKit
import Foundation
import GraphAdapter
import GraphEngine
import Kernels
import Tensors
import Testing

/// AttnLRP's rules for attention and normalisation (Achtibat et al., ICML 2024) as values, against them written out.
@Suite struct AttentionRelevanceTests {
  @Test(arguments: [true, false]) func `one block of attention`(passesNormalization: Bool) throws {
    let block = AttentionBlock()
    let session = try ExplanationSession(of: GraphModel(block.graph), on: block.image.tensor, for: .logit(1))
    var composite = Composite()
    composite.normalization = passesNormalization ? .pass : .epsilon()
    let expected = block.relevance(of: 1, passesNormalization: passesNormalization)
    try expectClose(session.inputGradient(under: composite), expected)
  }

  /// Softmax takes `R − s ΣR` times its input, and a product halves: what is lost is what biases take, which are none.
  @Test func `products share relevance between their factors`() throws {
    let block = AttentionBlock()
    let session = try ExplanationSession(of: GraphModel(block.graph), on: block.image.tensor, for: .logit(0))
    func total(_ name: String) throws -> Float {
      let layer = try #require(session.model.layers.first { $0.name == name })
      return try session.gradient(at: layer.native, under: Composite()).scalars.reduce(0, +)
    }
    let (attention, values, gathered) = (try total("attention"), try total("v"), try total("gathered"))
    #expect(abs(attention - gathered / 2) < 1e-4 && abs(values - gathered / 2) < 1e-4)
    #expect(abs(gathered) > 1e-3)
  }

  @Test func `weights of attention are told from products of activations`() throws {
    let session = try ExplanationSession(
      of: GraphModel(AttentionBlock().graph), on: AttentionBlock().image.tensor, for: .logit(0))
    func step(_ name: String) throws -> Step { try #require(session.steps.first { $0.name == name }) }
    let kinds = try ["norm", "qw", "scores", "scaled", "attention", "gathered", "out", "sum", "mean"].map {
      try step($0).kind
    }
    #expect(
      kinds == [
        .normalization, .linear, .matrixProduct, .affine, .softmax, .matrixProduct, .linear, .sum, .pooling(.average),
      ])
    #expect(try step("q").foldedInto == "qw")
    #expect(session.steps.filter(\.isFirst).map(\.name).sorted() == ["kw", "qw", "vw"])
  }
}

/// A transformer's block on the six places of an image of four channels, whose mean is classified.
private struct AttentionBlock {
  let places = 6, features = 4

  var image: NDArray { varied([features, 2, 3], 0.7) }

  private func weights(_ index: Int) -> NDArray { varied([features, features], 3.3 * Float(index)) }
  private let scale = varied([4], 8.1), shift = varied([4], 2.2), added = varied([4], 6.6)
  private let head = varied([4, 3], 5.5)

  var graph: Graph {
    var nodes: [Node] = [
      Node(Reshape(to: [1, features, places]), ["image"], to: "flat"),
      Node(Transpose(permutation: [0, 2, 1]), ["flat"], to: "tokens"),
      Node(LayerNormalization(axis: 2, epsilon: 1e-5), ["tokens", "scale", "shift"], to: "norm"),
    ]
    for name in ["q", "k", "v"] {
      nodes.append(Node(MatrixProduct(), ["norm", "W" + name], to: name + "w"))
      nodes.append(Node(Arithmetic(.add), [name + "w", "added"], to: name))
    }
    nodes += [
      Node(Transpose(permutation: [0, 2, 1]), ["k"], to: "kT"), Node(MatrixProduct(), ["q", "kT"], to: "scores"),
      Node(Arithmetic(.multiply), ["scores", "half"], to: "scaled"),
      Node(Softmax(axis: 2), ["scaled"], to: "attention"),
      Node(MatrixProduct(), ["attention", "v"], to: "gathered"),
      Node(MatrixProduct(), ["gathered", "Wo"], to: "out"),
      Node(Arithmetic(.add), ["tokens", "out"], to: "sum"),
      Node(Reduction(.mean, axes: [1], keepsDimensions: false), ["sum"], to: "mean"),
      Node(Linear(), ["mean", "head"], to: "logits"),
    ]
    let constants = [
      "scale": scale, "shift": shift, "added": added, "head": head, "half": NDArray([0.5], shape: []),
      "Wq": weights(1), "Wk": weights(2), "Wv": weights(3), "Wo": weights(4),
    ]
    return Graph(
      inputs: [.init("image", shape: [1, features, 2, 3])], nodes: nodes,
      constants: constants.mapValues { $0.asConstant() }, outputs: ["logits"])
  }

  /// The relevance of the image `[features, places]` for one at a logit.
  func relevance(of logit: Int, passesNormalization: Bool) -> [Double] {
    let small = 1e-6
    let tokens = Matrix(image.reshaped([features, places])).transposed
    let deviations = tokens.rows.map { row -> Double in
      let mean = row.reduce(0, +) / Double(features)
      let squares = row.reduce(0.0) { $0 + ($1 - mean) * ($1 - mean) }
      return (squares / Double(features) + 1e-5).squareRoot()
    }
    let (gamma, beta, bias) = (scale.doubles, shift.doubles, added.doubles)
    let norm = Matrix(places, features) { s, f in
      let mean = tokens.rows[s].reduce(0, +) / Double(features)
      return gamma[f] * (tokens[s, f] - mean) / deviations[s] + beta[f]
    }
    let w = (1...4).map { Matrix(weights($0)) }
    func biased(_ x: Matrix) -> Matrix { Matrix(places, features) { x[$0, $1] + bias[$1] } }
    let q = biased(norm * w[0]), k = biased(norm * w[1]), v = biased(norm * w[2])
    let scores = q * k.transposed
    let attention = scores.softmax(scale: 0.5)
    let gathered = attention * v, out = gathered * w[3]
    let sum = Matrix(places, features) { tokens[$0, $1] + out[$0, $1] }
    let mean = Matrix(1, features) { _, f in sum.rows.reduce(0.0) { $0 + $1[f] } / Double(places) }

    // x ⊙ (R / stab(z)) Wᵀ
    func linear(_ relevance: Matrix, _ w: Matrix, at x: Matrix, _ z: Matrix) -> Matrix {
      x.times(relevance.divided(by: z, small) * w.transposed)
    }
    let classifier = Matrix(head), one = Matrix(1, 3) { $1 == logit ? 1 : 0 }
    let ofMean = linear(one, classifier, at: mean, mean * classifier)
    let ofSum = Matrix(places, features) { s, f in
      sum[s, f] / Double(places) / stable(mean[0, f], small) * ofMean[0, f]
    }
    let shared = ofSum.divided(by: sum, small)
    let ofGathered = linear(out.times(shared), w[3], at: gathered, out)
    // A ⊙ (R / (2O + ε)) Bᵀ and B ⊙ Aᵀ (R / (2O + ε))
    let g = ofGathered.divided(by: gathered.times(2), small)
    let ofAttention = attention.times(g * v.transposed), ofV = v.times(attention.transposed * g)
    // x ⊙ (R − s ΣR)
    let ofScores = Matrix(places, places) { i, j in
      let total = ofAttention.rows[i].reduce(0, +)
      return 0.5 * scores[i, j] * (ofAttention[i, j] - attention[i, j] * total)
    }
    let e = ofScores.divided(by: scores.times(2), small)
    let ofQ = q.times(e * k), ofK = k.times(e.transposed * q)
    let parts = [linear(ofQ, w[0], at: norm, q), linear(ofK, w[1], at: norm, k), linear(ofV, w[2], at: norm, v)]
    let ofNorm = Matrix(places, features) { s, f in parts.reduce(0.0) { $0 + $1[s, f] } }
    let ofTokens = Matrix(places, features) { s, i in
      let residual = tokens[s, i] * shared[s, i]
      if passesNormalization { return residual + ofNorm[s, i] }
      // y = γ (x − mean x)/σ + β, σ a constant.
      var through = 0.0
      for j in 0..<features {
        let slope = gamma[j] / deviations[s] * ((i == j ? 1 : 0) - 1 / Double(features))
        through += tokens[s, i] * slope / stable(norm[s, j], small) * ofNorm[s, j]
      }
      return residual + through
    }
    return ofTokens.transposed.rows.flatMap { $0 }
  }
}

private func stable(_ z: Double, _ epsilon: Double) -> Double { z < 0 ? z - epsilon : z + epsilon }

/// A matrix of doubles, as equations have it.
private struct Matrix {
  let rows: [[Double]]

  init(_ rows: Int, _ columns: Int, _ scalar: (Int, Int) -> Double) {
    self.rows = (0..<rows).map { i in (0..<columns).map { scalar(i, $0) } }
  }

  init(_ array: NDArray) {
    let (scalars, columns) = (array.doubles, array.shape[1])
    self.init(array.shape[0], columns) { scalars[$0 * columns + $1] }
  }

  subscript(i: Int, j: Int) -> Double { rows[i][j] }

  var transposed: Matrix { Matrix(rows[0].count, rows.count) { rows[$1][$0] } }

  static func * (a: Matrix, b: Matrix) -> Matrix {
    Matrix(a.rows.count, b.rows[0].count) { i, j in
      var sum = 0.0
      for k in b.rows.indices { sum += a[i, k] * b[k, j] }
      return sum
    }
  }

  func times(_ other: Matrix) -> Matrix { Matrix(rows.count, rows[0].count) { rows[$0][$1] * other[$0, $1] } }

  func times(_ factor: Double) -> Matrix { Matrix(rows.count, rows[0].count) { factor * rows[$0][$1] } }

  func divided(by z: Matrix, _ epsilon: Double) -> Matrix {
    Matrix(rows.count, rows[0].count) { rows[$0][$1] / stable(z[$0, $1], epsilon) }
  }

  func softmax(scale: Double) -> Matrix {
    let exponentials = rows.map { $0.map { exp(scale * $0) } }
    return Matrix(rows.count, rows[0].count) { exponentials[$0][$1] / exponentials[$0].reduce(0, +) }
  }
}

extension NDArray {
  fileprivate var doubles: [Double] { scalars.map(Double.init) }
}
