import Foundation
import GraphEngine
import Kernels
import ONNXImport
import SwiftProtobuf
import Tensors
import Testing

/// The operators that onnxruntime's optimiser puts together, against their sums written out.
@Suite struct `Operators fused by onnxruntime` {
  private func noise(_ shape: [Int], _ seed: UInt64) -> Tensor { Tensor(gaussianNoise: shape, seed: seed) }

  private func fused(
    _ type: String, _ inputs: [String], _ outputs: [String] = ["y"], _ attributes: [Limn_Onnx_AttributeProto] = []
  ) -> NodeMessage {
    var message = node(type, inputs, outputs, attributes)
    message.domain = "com.microsoft"
    return message
  }

  private func output(
    _ x: Tensor, _ nodes: [NodeMessage], _ weights: [(String, Tensor)], further: [TensorMessage] = []
  ) throws -> Tensor {
    let stored = weights.map { tensor($0.0, $0.1.shape.map { Int64($0) }, $0.1.scalars) } + further
    let model = modelMessage(opset: 17, input: x.shape.map { Int64($0) }, weights: stored, nodes)
    let graph = try ONNXModel(decoding: model.bytes).graph(batch: x.shape[0], inputShapes: ["x": x.shape])
    return try Plan(graph).outputs(for: [NDArray(x)])[0].tensor
  }

  private func expectClose(_ found: Tensor, _ expected: [Double], _ comment: Comment? = nil) {
    #expect(found.scalars.count == expected.count, comment)
    let worst = zip(found.scalars, expected).map { abs(Double($0) - $1) }.max() ?? .infinity
    #expect(worst < 2e-5, comment)
  }

  private func bytes(_ name: String, _ shape: [Int64], _ values: [UInt8]) -> TensorMessage {
    .with {
      $0.name = name
      $0.dims = shape
      $0.dataType = 2
      $0.rawData = Data(values)
    }
  }

  @Test func `FusedConv adds what it is given and bends the sum`() throws {
    let (x, w) = (noise([1, 2, 4, 3], 1), noise([3, 2, 2, 2], 2))
    let (b, z) = (noise([3], 3), noise([1, 3, 3, 2], 4))
    var sums: [Double] = []
    for o in 0..<3 {
      for i in 0..<3 {
        for j in 0..<2 {
          var sum = Double(b.scalars[o]) + Double(z.scalars[o * 6 + i * 2 + j])
          for (c, k, l) in [(0, 0, 0), (0, 0, 1), (0, 1, 0), (0, 1, 1), (1, 0, 0), (1, 0, 1), (1, 1, 0), (1, 1, 1)] {
            sum += Double(x.scalars[c * 12 + (i + k) * 3 + j + l]) * Double(w.scalars[o * 8 + c * 4 + k * 2 + l])
          }
          sums.append(sum)
        }
      }
    }
    let parameters = Limn_Onnx_AttributeProto.with {
      $0.name = "activation_params"; $0.floats = [0.2]; $0.type = 6
    }
    let bent = fused("FusedConv", ["x", "w", "b", "z"], ["y"], [attribute("activation", "LeakyRelu"), parameters])
    let weights = [("w", w), ("b", b), ("z", z)]
    expectClose(try output(x, [bent], weights), sums.map { $0 < 0 ? 0.2 * $0 : $0 })
    let turned = Tensor((0..<24).map { x.scalars[$0 % 2 * 12 + $0 / 2] }, shape: [1, 4, 3, 2])
    let last = fused("NhwcFusedConv", ["x", "w", "b", "t"], ["y"], [attribute("activation", "Tanh")])
    let addend = Tensor((0..<18).map { z.scalars[$0 % 3 * 6 + $0 / 3] }, shape: [1, 3, 2, 3])
    let found = try output(turned, [last], [("w", w), ("b", b), ("t", addend)])
    expectClose(found, (0..<18).map { tanh(sums[$0 % 3 * 6 + $0 / 3]) })
    let odd = modelMessage(
      opset: 17, input: [1, 2, 4, 3], weights: [tensor("w", [3, 2, 2, 2], w.scalars)],
      [fused("FusedConv", ["x", "w"], ["y"], [attribute("activation", "Wobble")])])
    #expect("\(try #require(try odd.failure()))".contains("its activation is 'Wobble'"))
  }

  @Test(arguments: [(false, false), (true, false), (false, true), (true, true)])
  func `FusedMatMul turns its operands and scales the product`(_ turns: Bool, _ movesBatch: Bool) throws {
    // A of [2, 3, 4, 5], the axes in the order in which the attributes find them.
    let (a, b) = (noise([2, 3, 4, 5], 5), noise([2, 3, 5, 6], 6))
    let order =
      switch (turns, movesBatch) {
      case (false, false): [0, 1, 2, 3]
      case (true, false): [0, 1, 3, 2]
      case (false, true): [2, 0, 1, 3]
      case (true, true): [3, 0, 1, 2]
      }
    let stored = try transposed(NDArray(a), permutation: order).tensor
    let attributes = [
      attribute("transA", turns ? 1 : 0), attribute("transBatchA", movesBatch ? 1 : 0), attribute("alpha", real: 0.3),
    ]
    let found = try output(stored, [fused("FusedMatMul", ["x", "b"], ["y"], attributes)], [("b", b)])
    let expected = (0..<144).map { place -> Double in
      let (n, i, j) = (place / 24, place / 6 % 4, place % 6)
      return 0.3
        * (0..<5).reduce(0.0) {
          $0 + Double(a.scalars[n * 20 + i * 5 + $1]) * Double(b.scalars[n * 30 + $1 * 6 + j])
        }
    }
    expectClose(found, expected)
  }

  @Test func `FusedGemm bends the sum of product and bias`() throws {
    let (x, w, c) = (noise([2, 3], 1), noise([4, 3], 2), noise([4], 3))
    let node = fused(
      "FusedGemm", ["x", "w", "c"], ["y"],
      [
        attribute("transB", 1), attribute("activation", "Elu"), attribute("activation_alpha", real: 0.5),
        attribute("beta", real: 2),
      ])
    let expected = (0..<8).map { place -> Double in
      var sum = 2 * Double(c.scalars[place % 4])
      for k in 0..<3 { sum += Double(x.scalars[place / 4 * 3 + k]) * Double(w.scalars[place % 4 * 3 + k]) }
      return sum < 0 ? 0.5 * (exp(sum) - 1) : sum
    }
    expectClose(try output(x, [node], [("w", w), ("c", c)]), expected)
  }

  @Test func `biases are added before activations, and skipped sums handed out`() throws {
    let (x, b, r) = (noise([2, 3, 4], 1), noise([4], 2), noise([2, 3, 4], 3))
    let sums = x.scalars.indices.map { Double(x.scalars[$0]) + Double(b.scalars[$0 % 4]) }
    func gelu(_ x: Double) -> Double { 0.5 * x * (1 + erf(x / 2.0.squareRoot())) }
    let weights = [("b", b), ("r", r)]
    expectClose(try output(x, [fused("BiasGelu", ["x", "b"])], weights), sums.map(gelu))
    expectClose(
      try output(x, [fused("BiasAdd", ["x", "b", "r"])], weights), sums.indices.map { sums[$0] + Double(r.scalars[$0]) }
    )
    expectClose(
      try output(x, [fused("BiasDropout", ["x", "b"])], weights), sums)
    let halves = (0..<12).map { sums[$0 / 2 * 4 + $0 % 2] * gelu(sums[$0 / 2 * 4 + $0 % 2 + 2]) }
    expectClose(try output(x, [fused("BiasSplitGelu", ["x", "b"])], weights), halves)
    let softmax = fused("BiasSoftmax", ["x", "b"], ["y"], [attribute("axis", 2), attribute("is_inner_broadcast", 1)])
    let shares = sums.indices.map { place in
      exp(sums[place]) / (0..<4).reduce(0) { $0 + exp(sums[place / 4 * 4 + $1]) }
    }
    expectClose(try output(x, [softmax], weights), shares)
    let silu = fused("QuickGelu", ["x"], ["y"], [attribute("alpha", real: 1)])
    expectClose(try output(x, [silu], []), x.scalars.map { Double($0) / (1 + exp(-Double($0))) })
  }

  @Test func `SkipLayerNormalization normalises the sum and hands it out`() throws {
    let (x, s) = (noise([2, 3, 4], 1), noise([2, 3, 4], 2))
    let (g, b, c) = (noise([4], 3), noise([4], 4), noise([4], 5))
    let nodes = [
      fused(
        "SkipLayerNormalization", ["x", "s", "g", "b", "c"], ["n", "", "", "t"], [attribute("epsilon", real: 0.01)]),
      node("Mul", ["n", "t"]),
    ]
    let sums = x.scalars.indices.map {
      Double(x.scalars[$0]) + Double(s.scalars[$0]) + Double(c.scalars[$0 % 4])
    }
    let expected = sums.indices.map { place -> Double in
      let row = sums[(place / 4 * 4)..<(place / 4 * 4 + 4)]
      let mean = row.reduce(0, +) / 4
      let variance = row.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / 4
      let normal = (sums[place] - mean) / (variance + 0.01).squareRoot()
      return (normal * Double(g.scalars[place % 4]) + Double(b.scalars[place % 4])) * sums[place]
    }
    expectClose(try output(x, nodes, [("s", s), ("g", g), ("b", b), ("c", c)]), expected)
    let simple = fused("SkipSimplifiedLayerNormalization", ["x", "s", "g"], ["y"], [attribute("epsilon", real: 0.01)])
    let rooted = x.scalars.indices.map { place -> Double in
      let row = (0..<4).map { Double(x.scalars[place / 4 * 4 + $0]) + Double(s.scalars[place / 4 * 4 + $0]) }
      return row[place % 4] / (row.reduce(0) { $0 + $1 * $1 } / 4 + 0.01).squareRoot() * Double(g.scalars[place % 4])
    }
    expectClose(try output(x, [simple], [("s", s), ("g", g)]), rooted)
  }

  @Test func `GroupNorm normalises groups of channels that come last`() throws {
    let (x, g, b) = (noise([1, 2, 3, 4], 1), noise([4], 2), noise([4], 3))
    let skip = noise([1, 4], 4)
    let attributes = [attribute("groups", 2), attribute("activation", 1), attribute("epsilon", real: 0.01)]
    func expected(_ x: [Double]) -> [Double] {
      x.indices.map { place in
        let channel = place % 4
        let group = x.indices.filter { $0 % 4 / 2 == channel / 2 }.map { x[$0] }
        let mean = group.reduce(0, +) / 12
        let variance = group.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / 12
        let normal = (x[place] - mean) / (variance + 0.01).squareRoot()
        let y = normal * Double(g.scalars[channel]) + Double(b.scalars[channel])
        return y / (1 + exp(-y))
      }
    }
    let weights = [("g", g), ("b", b), ("s", skip)]
    let plain = x.scalars.map { Double($0) }
    expectClose(try output(x, [fused("GroupNorm", ["x", "g", "b"], ["y"], attributes)], weights), expected(plain))
    let sums = plain.indices.map { plain[$0] + Double(skip.scalars[$0 % 4]) }
    let both = [fused("SkipGroupNorm", ["x", "g", "b", "s"], ["n", "t"], attributes), node("Add", ["n", "t"])]
    expectClose(try output(x, both, weights), zip(expected(sums), sums).map(+))
  }

  /// Attention written out, head by head; `isSeen` says which keys a query looks at.
  private func attention(
    _ q: [[Double]], _ k: [[Double]], _ v: [[Double]], heads: Int, isSeen: (Int, Int) -> Bool
  ) -> [Double] {
    let (size, width) = (q[0].count / heads, v[0].count / heads)
    return q.indices.flatMap { i in
      (0..<heads).flatMap { head -> [Double] in
        let shares = k.indices.map { j -> Double in
          var product = 0.0
          for d in (head * size)..<((head + 1) * size) { product += q[i][d] * k[j][d] }
          return isSeen(i, j) ? exp(product / Double(size).squareRoot()) : 0
        }
        let total = shares.reduce(0, +)
        return (0..<width).map { d -> Double in
          var sum = 0.0
          for j in k.indices { sum += shares[j] * v[j][head * width + d] }
          return sum / total
        }
      }
    }
  }

  @Test func `Attention projects with packed weights and masks by zeros, lengths and order`() throws {
    let (x, w, b) = (noise([1, 4, 3], 1), noise([3, 16], 2), noise([16], 3))
    // Queries and keys of two heads of two, values of two heads of four.
    func projected(_ i: Int, _ j: Int) -> Double {
      var sum = Double(b.scalars[j])
      for k in 0..<3 { sum += Double(x.scalars[i * 3 + k]) * Double(w.scalars[k * 16 + j]) }
      return sum
    }
    let rows: [[Double]] = (0..<4).map { i in (0..<16).map { projected(i, $0) } }
    let (q, k, v) = (rows.map { Array($0[..<4]) }, rows.map { Array($0[4..<8]) }, rows.map { Array($0[8...]) })
    let sizes = [attribute("num_heads", 2), attribute("qkv_hidden_sizes", [4, 4, 8])]
    func masks(_ name: String, _ values: [Int64], _ shape: [Int64]) -> TensorMessage {
      tensor(name, integers: values, shape: shape)
    }
    let cases: [([String], [Limn_Onnx_AttributeProto], [TensorMessage], (Int, Int) -> Bool)] = [
      (["x", "w", "b"], [], [], { _, _ in true }),
      (["x", "w", "b"], [attribute("unidirectional", 1)], [], { $1 <= $0 }),
      (["x", "w", "b", "m"], [], [masks("m", [1, 0, 1, 0], [1, 4])], { $1 % 2 == 0 }),
      (["x", "w", "b", "m"], [], [masks("m", [3], [1])], { $1 < 3 }),
      (["x", "w", "b", "m"], [], [masks("m", [3, 1], [2])], { $1 < 3 && $1 >= 1 }),
    ]
    for (inputs, attributes, masks, isSeen) in cases {
      let node = fused("Attention", inputs, ["y"], sizes + attributes)
      let found = try output(x, [node], [("w", w), ("b", b)], further: masks)
      expectClose(found, attention(q, k, v, heads: 2, isSeen: isSeen))
    }
  }

  @Test func `MultiHeadAttention takes its parts alone or packed`() throws {
    let (x, k, v) = (noise([1, 3, 4], 1), noise([1, 5, 4], 2), noise([1, 5, 6], 3))
    func rows(_ tensor: Tensor) -> [[Double]] {
      (0..<tensor.shape[1]).map { i in
        (0..<tensor.shape[2]).map { Double(tensor.scalars[i * tensor.shape[2] + $0]) }
      }
    }
    let alone = fused("MultiHeadAttention", ["x", "k", "v"], ["y"], [attribute("num_heads", 2)])
    expectClose(
      try output(x, [alone], [("k", k), ("v", v)]), attention(rows(x), rows(k), rows(v), heads: 2) { _, _ in true })
    // [images, tokens, heads, 3, size]: queries, keys and values of each head side by side.
    let packed = noise([1, 5, 12], 4)
    func part(_ index: Int) -> [[Double]] {
      rows(packed).map { row in (0..<4).map { row[$0 / 2 * 6 + index * 2 + $0 % 2] } }
    }
    let shape = tensor("shape", integers: [1, 5, 2, 3, 2])
    let nodes = [
      node("Reshape", ["x", "shape"], ["p"]),
      fused("MultiHeadAttention", ["p"], ["y"], [attribute("num_heads", 2)]),
    ]
    expectClose(
      try output(packed, nodes, [], further: [shape]), attention(part(0), part(1), part(2), heads: 2) { _, _ in true })
  }

  @Test(arguments: [4, 8]) func `MatMulNBits unpacks its weights block by block`(_ bits: Int) throws {
    let (columns, rows, block) = (40, 3, 16)
    let x = noise([2, columns], 1)
    var numbers = (0..<(rows * 48)).map { ($0 * 7 + $0 / 5) % (1 << bits) }
    // What lies beyond the last column counts for nothing.
    for row in 0..<rows { for column in columns..<48 { numbers[row * 48 + column] = 1 } }
    let zeros = (0..<9).map { ($0 * 5 + 2) % (1 << bits) }
    func packed(_ numbers: [Int], rowLength: Int) -> [UInt8] {
      guard bits == 4 else { return numbers.map { UInt8($0) } }
      return stride(from: 0, to: numbers.count, by: rowLength).flatMap { start in
        stride(from: 0, to: rowLength, by: 2).map { index in
          let high = index + 1 < rowLength ? numbers[start + index + 1] : 0
          return UInt8(numbers[start + index] | high << 4)
        }
      }
    }
    let scales = (0..<9).map { 0.01 * Float($0 + 1) }
    let further = [
      bytes("w", [3, 3, Int64(block * bits / 8)], packed(numbers, rowLength: 48)),
      bytes("z", [3, Int64((3 * bits + 7) / 8)], packed(zeros, rowLength: 3)),
    ]
    func attributes(_ block: Int) -> [Limn_Onnx_AttributeProto] {
      [
        attribute("K", Int64(columns)), attribute("N", Int64(rows)), attribute("bits", Int64(bits)),
        attribute("block_size", Int64(block)),
      ]
    }
    let product = fused("MatMulNBits", ["x", "w", "s", "z"], ["y"], attributes(block))
    let found = try output(x, [product], [("s", Tensor(scales, shape: [9]))], further: further)
    let expected = (0..<6).map { place -> Double in
      var sum = 0.0
      for column in 0..<columns {
        let group = place % 3 * 3 + column / block
        let weight = Double(numbers[place % 3 * 48 + column] - zeros[group]) * Double(scales[group])
        sum += Double(x.scalars[place / 3 * columns + column]) * weight
      }
      return sum
    }
    #expect(zip(found.scalars, expected).allSatisfy { abs(Double($0) - $1) < 1e-4 * (1 + abs($1)) })
    #expect(throws: ONNXError.self) {
      try output(
        x, [fused("MatMulNBits", ["x", "w", "s", "z"], ["y"], attributes(32))], [("s", Tensor(scales, shape: [9]))],
        further: further)
    }
  }

  @Test func `DynamicQuantizeMatMul quantises its input by its own range`() throws {
    let x = Tensor([-1, 0.5, 2, 0.25, 1.5, -0.75], shape: [2, 3])
    let weights: [UInt8] = [1, 200, 30, 7, 120, 255]
    let node = fused("DynamicQuantizeMatMul", ["x", "w", "s", "z", "b"])
    let scale = 3.0 / 255
    let expected = (0..<4).map { place -> Double in
      var sum = [0.1, -0.2][place % 2]
      for k in 0..<3 {
        let number = (Double(x.scalars[place / 2 * 3 + k]) / scale).rounded(.toNearestOrEven)
        let weight = Double(weights[k * 2 + place % 2]) - 100
        sum += number * scale * weight * [0.5, 0.25][place % 2]
      }
      return sum
    }
    let found = try output(
      x, [node], [("s", Tensor([0.5, 0.25], shape: [2])), ("b", Tensor([0.1, -0.2], shape: [2]))],
      further: [bytes("w", [3, 2], weights), bytes("z", [2], [100, 100])])
    #expect(zip(found.scalars, expected).allSatisfy { abs(Double($0) - $1) < 1e-3 })
  }

  @Test func `what is left of onnxruntime's operators is named with the way out`() throws {
    let error = try modelMessage(opset: 17, [fused("PackedAttention", ["x"])]).failure()
    let sentence = "\(try #require(error))"
    #expect(sentence.contains("PackedAttention") && sentence.contains("optimised by onnxruntime"))
    #expect(sentence.contains("give the file from before it was optimised"))
  }
}
