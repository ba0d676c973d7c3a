import Foundation
import GraphEngine
import Kernels
import ONNXImport
import SwiftProtobuf
import Tensors
import Testing

/// Einstein sums and attention against their sums written out.
@Suite struct `Einstein sums and attention` {
  private func noise(_ shape: [Int], _ seed: UInt64) -> Tensor { Tensor(gaussianNoise: shape, seed: seed) }

  private func weight(_ name: String, _ tensor: Tensor) -> TensorMessage {
    ONNXImportTests.tensor(name, tensor.shape.map { Int64($0) }, tensor.scalars)
  }

  /// The sum over all labels that the output lacks, label by label.
  private func naive(_ equation: String, _ a: Tensor, _ b: Tensor) -> [Float] {
    let parts = equation.split(separator: ">")
    let terms = parts[0].dropLast().split(separator: ",").map(Array.init), output = Array(parts[1])
    var extents: [Character: Int] = [:]
    for (term, shape) in zip(terms, [a.shape, b.shape]) { for (l, n) in zip(term, shape) { extents[l] = n } }
    let labels = output + extents.keys.filter { !output.contains($0) }.sorted()
    func walk(_ labels: ArraySlice<Character>, _ at: [Character: Int], _ visit: ([Character: Int]) -> Void) {
      guard let label = labels.first else { return visit(at) }
      for i in 0..<extents[label]! {
        var next = at
        next[label] = i
        walk(labels.dropFirst(), next, visit)
      }
    }
    func offset(_ term: [Character], _ at: [Character: Int]) -> Int {
      term.reduce(0) { $0 * extents[$1]! + at[$1]! }
    }
    var sums = [Double](repeating: 0, count: output.reduce(1) { $0 * extents[$1]! })
    walk(labels[...], [:]) { at in
      sums[offset(output, at)] += Double(a.scalars[offset(terms[0], at)]) * Double(b.scalars[offset(terms[1], at)])
    }
    return sums.map { Float($0) }
  }

  @Test(arguments: [
    ("bhqd,bhkd->bhqk", [2, 3, 4, 5], [2, 3, 6, 5]), ("nchw,cd->ndhw", [2, 3, 4, 5], [3, 6]),
    ("bij,bjk->ik", [2, 3, 4], [2, 4, 5]), ("ab,cd->cadb", [2, 3], [4, 5]), ("abc,bc->a", [2, 3, 4], [3, 4]),
    ("ab,b->ab", [3, 4], [4]),
  ])
  func `a sum of products is what its letters say`(_ equation: String, _ a: [Int], _ b: [Int]) throws {
    let (x, w) = (noise(a, 1), noise(b, 2))
    let model = modelMessage(
      opset: 12, input: a.map { Int64($0) }, weights: [weight("w", w)],
      [node("Einsum", ["x", "w"], ["y"], [attribute("equation", equation)])])
    let y = try Plan(ONNXModel(decoding: model.bytes).graph(inputShapes: ["x": a])).outputs(for: [NDArray(x)])[0]
    let expected = naive(equation, x, w)
    #expect(y.count == expected.count)
    #expect(zip(y.scalars, expected).allSatisfy { abs($0 - $1) < 1e-4 })
  }

  @Test func `an equation that does not fit is refused`() throws {
    for equation in ["ab,bc", "abcd,d->abce", "ab->", "...a..b,b->a", "abc,cc->a"] {
      let model = modelMessage(
        weights: [tensor("w", [4, 5], [Float](repeating: 1, count: 20))],
        [node("Einsum", ["x", "w"], ["y"], [attribute("equation", equation)])])
      #expect(try model.failure() != nil, "\(equation)")
    }
  }

  @Test(arguments: [false, true])
  func `attention weighs values by the softmax of scores`(_ isCausal: Bool) throws {
    // Four query heads share two heads of keys and values.
    let (tokens, size) = (3, 5)
    let q = noise([1, tokens, 4 * size], 3), k = noise([1, tokens, 2 * size], 4), v = noise([1, tokens, 2 * size], 5)
    let attributes = [
      attribute("q_num_heads", 4), attribute("kv_num_heads", 2), attribute("is_causal", isCausal ? 1 : 0),
      attribute("softcap", real: 2),
    ]
    let model = modelMessage(
      opset: 24, input: [1, 3, 20], weights: [weight("k", k), weight("v", v)],
      [node("Attention", ["x", "k", "v"], ["y"], attributes)])
    let y = try model.output(for: q)
    for head in 0..<4 {
      for i in 0..<tokens {
        let scores = (0..<(isCausal ? i + 1 : tokens)).map { j -> Double in
          let product = (0..<size).reduce(0.0) { sum, d in
            sum + Double(q.scalars[i * 20 + head * size + d]) * Double(k.scalars[j * 10 + head / 2 * size + d])
          }
          return exp(2 * tanh(product / Double(size).squareRoot() / 2))
        }
        for d in 0..<size {
          let mean = scores.enumerated().reduce(0.0) {
            $0 + $1.element * Double(v.scalars[$1.offset * 10 + head / 2 * size + d])
          }
          let expected = mean / scores.reduce(0, +)
          #expect(abs(Double(y.scalars[i * 20 + head * size + d]) - expected) < 1e-5)
        }
      }
    }
  }

  @Test func `a grid looks at an image by the names of either opset`() throws {
    let points = tensor("g", [1, 1, 2, 2], [-0.5, -0.5, 0.2, 0])
    func pixels(_ mode: String, opset: Int64, padding: String = "zeros") throws -> [Float] {
      let model = modelMessage(
        opset: opset, input: [1, 1, 2, 2], weights: [points],
        [node("GridSample", ["x", "g"], ["y"], [attribute("mode", mode), attribute("padding_mode", padding)])])
      return try model.output(for: counting([1, 1, 2, 2])).scalars
    }
    let linear = try pixels("bilinear", opset: 16)
    #expect(abs(linear[0]) < 1e-6 && abs(linear[1] - 1.7) < 1e-6)
    #expect(try pixels("linear", opset: 20) == linear)
    #expect(try pixels("nearest", opset: 16) == [0, 1] || pixels("nearest", opset: 16) == [0, 3])
    #expect(try pixels("bicubic", opset: 16) == pixels("cubic", opset: 20))
    #expect(throws: ONNXError.self) { try pixels("sharp", opset: 20) }
    #expect(throws: ONNXError.self) { try pixels("linear", opset: 20, padding: "nothing") }
  }

  @Test func `an image that shrinks by whole steps takes the upper neighbour before opset 11`() throws {
    let x = counting([1, 1, 1, 5])
    func pixels(opset: Int64, _ inputs: [String], _ scales: [Float]) throws -> [Float] {
      let model = modelMessage(
        opset: opset, input: [1, 1, 1, 5], weights: [tensor("s", [4], scales)], [node("Resize", inputs)])
      return try model.output(for: x).scalars
    }
    #expect(try pixels(opset: 10, ["x", "s"], [1, 1, 1, 0.7]) == [0, 2, 3])
    #expect(try pixels(opset: 11, ["x", "", "s"], [1, 1, 1, 2]).count == 10)
    let upsample = modelMessage(
      opset: 7, input: [1, 1, 1, 2],
      [
        node(
          "Upsample", ["x"], ["y"],
          [
            .with {
              $0.name = "scales"; $0.floats = [1, 1, 1, 2]; $0.type = 6
            }
          ])
      ])
    #expect(try upsample.output(for: counting([1, 1, 1, 2])).scalars == [0, 0, 1, 1])
  }
}
