import Foundation
import GraphEngine
import Kernels
import ONNXImport
import SwiftProtobuf
import Tensors
import Testing

/// The operators of onnxruntime's domain between whole numbers, against their definition written out.
@Suite struct `Quantised operators of onnxruntime` {
  /// Whole numbers, which a scale of one quantises to themselves.
  private let x = Tensor([3, 250, 17, 99, 128, 0, 64, 200], shape: [2, 4])

  private func scalar(_ name: String, _ value: Float) -> TensorMessage { tensor(name, [], [value]) }

  private func bytes(_ name: String, _ shape: [Int64], _ values: [Int], signed: Bool = false) -> TensorMessage {
    .with {
      $0.name = name
      $0.dims = shape
      $0.dataType = signed ? 3 : 2
      $0.rawData = Data(values.map { UInt8(truncatingIfNeeded: $0) })
    }
  }

  private func integers(_ name: String, _ values: [Int32]) -> TensorMessage {
    .with {
      $0.name = name
      $0.dims = [Int64(values.count)]
      $0.dataType = 6
      $0.int32Data = values
    }
  }

  /// A network that quantises `x` to itself, applies the operator to it, and hands out the whole numbers.
  private func output(
    _ type: String, _ inputs: [String], _ weights: [TensorMessage], _ attributes: [Limn_Onnx_AttributeProto] = []
  ) throws -> [Float] {
    var quantized = node(type, inputs, ["whole"], attributes)
    quantized.domain = "com.microsoft"
    let unit = [scalar("1", 1), bytes("0", [], [0])]
    let model = modelMessage(
      opset: 18, input: [2, 4], weights: weights + unit,
      [
        node("QuantizeLinear", ["x", "1", "0"], ["q"]), quantized, node("Cast", ["whole"], ["y"], [attribute("to", 1)]),
      ])
    return try Plan(model.lowered(batch: 2)).outputs(for: [NDArray(x)])[0].scalars
  }

  @Test func `QLinearSoftmax normalises the numbers meant, along the axis of its opset`() throws {
    let weights = [scalar("s", 0.01), bytes("z", [], [100]), scalar("t", 1.0 / 256), bytes("w", [], [0])]
    let exponentials = x.scalars.map { exp(0.01 * Double($0 - 100)) }
    for (opset, axis, group) in [(13, -1, [0, 0, 0, 0, 1, 1, 1, 1]), (12, 0, Array(repeating: 0, count: 8))] {
      let found = try output(
        "QLinearSoftmax", ["q", "s", "z", "t", "w"], weights,
        [attribute("axis", Int64(axis)), attribute("opset", Int64(opset))])
      let expected = exponentials.indices.map { place in
        let sum = exponentials.indices.reduce(0) { $0 + (group[$1] == group[place] ? exponentials[$1] : 0) }
        return Float((256 * exponentials[place] / sum).rounded(.toNearestOrEven))
      }
      #expect(found == expected, "opset \(opset)")
    }
  }

  @Test(arguments: [false, true])
  func `QGemm takes a scale and a zero point per column`(transposes: Bool) throws {
    let b = [[1, -2, 3], [4, 5, -6], [-7, 8, 9], [10, -11, 12]]
    let stored = transposes ? (0..<3).flatMap { column in b.map { $0[column] } } : b.flatMap { $0 }
    let scales: [Float] = [0.5, 0.25, 0.125], zeros = [1, -1, 2], bias: [Int32] = [100, -200, 300]
    let weights = [
      scalar("s", 0.5), bytes("z", [], [7]), bytes("b", transposes ? [3, 4] : [4, 3], stored, signed: true),
      tensor("t", [3], scales), bytes("v", [3], zeros, signed: true), integers("c", bias),
    ]
    let found = try output(
      "QGemm", ["q", "s", "z", "b", "t", "v", "c"], weights, [attribute("transB", transposes ? 1 : 0)])
    let expected = (0..<6).map { place in
      let (row, column) = (place / 3, place % 3)
      let sum = (0..<4).reduce(Float(bias[column])) { sum, k in
        sum + (x.scalars[row * 4 + k] - 7) * Float(b[k][column] - zeros[column])
      }
      return sum * 0.5 * scales[column]
    }
    #expect(found == expected)
  }

  @Test func `QLinearAdd and QLinearMul mean each operand by its own scale`() throws {
    let other = [1, 2, 3, 4, 50, 60, 70, 80]
    let weights = [
      scalar("s", 0.5), bytes("z", [], [10]), bytes("b", [2, 4], other), scalar("t", 0.25), bytes("v", [], [2]),
      scalar("u", 2), bytes("w", [], [20]),
    ]
    for (type, combine) in [("QLinearAdd", { $0 + $1 }), ("QLinearMul", { $0 * $1 })]
      as [(String, (Float, Float) -> Float)]
    {
      let found = try output(type, ["q", "s", "z", "b", "t", "v", "u", "w"], weights)
      let expected = x.scalars.indices.map { place in
        let result = combine(0.5 * (x.scalars[place] - 10), 0.25 * Float(other[place] - 2))
        return min(255, max(0, (result / 2).rounded(.toNearestOrEven) + 20))
      }
      #expect(found == expected, "\(type)")
    }
  }

  @Test func `whole numbers are enlarged by repeating them, and not by weighting`() throws {
    func model(_ mode: String) -> ModelMessage {
      modelMessage(
        opset: 18, input: [1, 1, 2, 4],
        weights: [scalar("1", 1), bytes("0", [], [0]), tensor("by", [4], [1, 1, 2, 1])],
        [
          node("QuantizeLinear", ["x", "1", "0"], ["q"]),
          node("Resize", ["q", "", "by"], ["r"], [attribute("mode", mode)]),
          node("Cast", ["r"], ["y"], [attribute("to", 1)]),
        ])
    }
    let rows = x.reshaped([1, 1, 2, 4])
    let expected = Array(x.scalars[..<4] + x.scalars[..<4] + x.scalars[4...] + x.scalars[4...])
    #expect(try model("nearest").output(for: rows).scalars == expected)
    let error = try #require(try model("linear").failure())
    #expect("\(error)".contains("it weights activations of type uint8"))
  }

  @Test func `what a step within such an operator means is named after the value it reads`() throws {
    var pool = node("QLinearGlobalAveragePool", ["q", "1", "0", "1", "0"], ["whole"])
    pool.domain = "com.microsoft"
    let graph = try modelMessage(
      opset: 18, input: [1, 2, 2, 2], weights: [scalar("1", 1), bytes("0", [], [0])],
      [node("QuantizeLinear", ["x", "1", "0"], ["q"]), pool, node("Cast", ["whole"], ["y"], [attribute("to", 1)])]
    ).lowered()
    #expect(graph.nodes.map(\.output).contains("q.dequantized"))
  }
}
