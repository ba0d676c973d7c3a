import AttributionKit
import Tensors
import TestSupport
import Testing
import TransformerAttributionMethod

@Suite struct TransformerAttributionTests {
  /// Equations 13 and 14; relevance is what the script gives under any rule but the standard one.
  @Test(arguments: [false, true]) func `the map is equations 13 and 14`(isNormalized: Bool) throws {
    let network = ScriptedTransformer()
    var product = (0..<5).map { i in (0..<5).map { Float(i == $0 ? 1 : 0) } }
    for (gradient, relevance) in zip(network.gradients, network.earlyGradients) {
      var matrix = (0..<5).map { i in
        (0..<5).map { j -> Float in
          let heads = (0..<2).map { max(0, gradient[$0 * 25 + i * 5 + j] * relevance[$0 * 25 + i * 5 + j]) }
          return (i == j ? 1 : 0) + (heads[0] + heads[1]) / 2
        }
      }
      if isNormalized { matrix = matrix.map { row in row.map { $0 / row.reduce(0, +) } } }
      product = (0..<5).map { i in
        (0..<5).map { j in (0..<5).reduce(0) { $0 + matrix[i][$1] * product[$1][j] } }
      }
    }
    let method = TransformerAttribution(isNormalized: isNormalized)
    let map = try method.attribution(in: ExplanationSession(of: network)).values
    for cell in 0..<4 { #expect(abs(map[cell] - product[0][1 + cell]) < 1e-5 * max(1, product[0][1 + cell])) }
    if isNormalized { #expect(abs(map.scalars.reduce(0, +) + product[0][0] - 1) < 1e-5, "a share, as in rollout") }
  }

  /// Crosses a step of this kind whose output is the sum of its two inputs.
  private func crossed(_ a: [Float], _ b: [Float], relevance: [Float]) throws -> [[Float]] {
    func tensor(_ scalars: [Float]) -> Tensor { Tensor(scalars, shape: [scalars.count]) }
    let step = CrossedStep(
      Step(name: "sum", operatorName: "Add", kind: .sum), inputs: [tensor(a), tensor(b)],
      output: tensor(zip(a, b).map { $0 + $1 }), cotangent: tensor(relevance)
    ) { [$0, $0] }
    let crossing = TransformerRelevance().crossing(step.step)
    return try step.crossed(by: crossing).map { try #require($0).scalars }
  }

  /// Plain proportional shares are (4, −3) and (−3, 4) here: sums of 1 and 1, though they cancel in places.
  @Test func `a sum conserves relevance, and splits it by the size of what each addend got`() throws {
    let shares = try crossed([4, -3], [-3, 4], relevance: [1, 1])
    #expect(shares == [[4, -3], [-3, 4]])
    let uneven = try crossed([3, 1], [1, -3], relevance: [4, 2])
    // Proportional: (3, −1) and (1, 3), sums 2 and 4 of 6.
    #expect(uneven == [[3, -1], [1, 3]])
    let opposed = try crossed([3, 2], [-1, -4], relevance: [2, 2])
    // Proportional: (3, −2) and (−1, 4), sums 1 and 3 of 4; sizes as they are.
    #expect(opposed == [[3, -2], [-1, 4]])
    let cancelling = try crossed([4, 1], [-2, -3], relevance: [2, -2])
    // Proportional: (4, 1) and (−2, −3), sums 5 and −5 of 0: nothing is left for either.
    #expect(cancelling == [[0, 0], [0, 0]])
    let growing = try crossed([6, 0], [-4, 1], relevance: [2, 1])
    // Proportional: (6, 0) and (−4, 1), sums 6 and −3 of 3: brought back to ⅔ and ⅓ of it.
    #expect(zip(growing.joined(), [2, 0, 4.0 / 3, -1.0 / 3]).allSatisfy { abs($0 - Float($1)) < 1e-6 })
  }

  @Test func `a sum of nothing shares nothing`() throws {
    #expect(try crossed([1, 0], [-1, 0], relevance: [5, 5]) == [[0, 0], [0, 0]])
  }

  @Test func `each kind of step has its rule`() {
    func crossing(_ kind: Step.Kind) -> Crossing {
      TransformerRelevance().crossing(Step(name: "", operatorName: "", kind: kind))
    }
    for kind in [Step.Kind.softmax, .normalization, .activation, .affine] {
      guard case .relevance(.pass) = crossing(kind) else {
        Issue.record("\(kind) keeps no relevance")
        continue
      }
    }
    guard case .relevance(let linear) = crossing(.linear), case .shared(let groups) = linear.flow else {
      Issue.record("linear steps share")
      return
    }
    #expect(!linear.includesBias && groups[0].members == [.init(.positive, .positive), .init(.negative, .negative)])
    guard case .relevance(let product) = crossing(.matrixProduct), case .shared(let halves) = product.flow else {
      Issue.record("products share")
      return
    }
    #expect(halves[0].share == 0.5)
    guard case .derivative = crossing(.movement) else {
      Issue.record("what is moved takes its relevance along")
      return
    }
  }
}
