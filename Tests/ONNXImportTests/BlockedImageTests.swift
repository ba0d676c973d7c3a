import Foundation
import GraphEngine
import Kernels
import ONNXImport
import SwiftProtobuf
import Tensors
import Testing

/// Networks that onnxruntime saves for one processor, their weights in blocks of channels, compute what they did before.
@Suite struct `Images in blocks of channels` {
  private func blocked(
    _ type: String, _ inputs: [String], _ output: String, _ attributes: [Limn_Onnx_AttributeProto] = []
  )
    -> NodeMessage
  {
    var message = node(type, inputs, [output], attributes)
    message.domain = "com.microsoft.nchwc"
    return message
  }

  /// Weights `[O, I, h, w]` with zeros up to whole blocks, in the order in which onnxruntime writes them.
  private func reordered(_ w: Tensor, block: Int, inputs: Int) -> TensorMessage {
    let (o, i, window) = (w.shape[0], w.shape[1], w.shape[2] * w.shape[3])
    let outputs = (o + block - 1) / block * block
    let isNarrow = inputs < block
    var scalars: [Float] = []
    for outer in 0..<(outputs / block) {
      for group in 0..<(isNarrow ? inputs : inputs / block) {
        for position in 0..<window {
          for inner in 0..<(isNarrow ? 1 : block) {
            for lane in 0..<block {
              let (output, input) = (outer * block + lane, isNarrow ? group : group * block + inner)
              scalars.append(output < o && input < i ? w.scalars[(output * i + input) * window + position] : 0)
            }
          }
        }
      }
    }
    return tensor("\(w.shape)", [Int64(outputs), Int64(inputs), Int64(w.shape[2]), Int64(w.shape[3])], scalars)
  }

  private func padded(_ b: Tensor, to count: Int, _ name: String) -> TensorMessage {
    tensor(name, [Int64(count)], b.scalars + [Float](repeating: 0, count: count - b.scalars.count))
  }

  /// Three colours, then `middle` channels, then 16 by a depthwise and a dense convolution, with a pool between.
  private func networks(block: Int, middle: Int, scales: Bool) -> (plain: ModelMessage, blocked: ModelMessage) {
    func noise(_ shape: [Int], _ seed: UInt64) -> Tensor {
      var tensor = Tensor(gaussianNoise: shape, seed: seed)
      if scales {
        // As where a normalisation was folded into the weights.
        let width = tensor.scalars.count / shape[0]
        tensor = Tensor(
          tensor.scalars.enumerated().map { $0.element * exp(2 * sin(Float($0.offset / width) * 1.9)) }, shape: shape)
      }
      return tensor
    }
    let (a, b) = (noise([middle, 3, 3, 3], 1), noise([middle, 1, 3, 3], 2))
    let (c, bias) = (noise([16, middle, 1, 1], 3), noise([middle], 4))
    let filled = (middle + block - 1) / block * block
    let pads = attribute("pads", [1, 1, 1, 1])
    let pool = [attribute("kernel_shape", [2, 2]), attribute("strides", [2, 2])]
    let plain = modelMessage(
      opset: 17, input: [1, 3, 6, 6],
      weights: [
        tensor("a", a.shape.map { Int64($0) }, a.scalars), tensor("b", b.shape.map { Int64($0) }, b.scalars),
        tensor("c", c.shape.map { Int64($0) }, c.scalars), tensor("bias", [Int64(middle)], bias.scalars),
      ],
      [
        node("Conv", ["x", "a", "bias"], ["1"], [pads]), node("Relu", ["1"], ["2"]),
        node("Conv", ["2", "b"], ["3"], [pads, attribute("group", Int64(middle))]), node("Add", ["3", "2"], ["4"]),
        node("MaxPool", ["4"], ["5"], pool), node("Sigmoid", ["5"], ["6"]), node("Conv", ["6", "c"], ["7"]),
        node("GlobalAveragePool", ["7"]),
      ])
    let blockedNetwork = modelMessage(
      opset: 17, input: [1, 3, 6, 6],
      weights: [
        reordered(a, block: block, inputs: 3), reordered(b, block: block, inputs: 1),
        reordered(c, block: block, inputs: filled), padded(bias, to: filled, "bias"),
      ],
      [
        blocked("Conv", ["x", "\(a.shape)", "bias"], "1", [pads, attribute("activation", "Relu")]),
        blocked("Conv", ["1", "\(b.shape)", "", "1"], "2", [pads, attribute("group", Int64(filled))]),
        blocked("MaxPool", ["2"], "3", pool),
        blocked("ReorderOutput", ["3"], "4", [attribute("channels", Int64(middle))]),
        node("Sigmoid", ["4"], ["5"]), blocked("ReorderInput", ["5"], "6"),
        blocked("Conv", ["6", "\(c.shape)"], "7"), blocked("GlobalAveragePool", ["7"], "8"),
        blocked("ReorderOutput", ["8"], "y", [attribute("channels", 16)]),
      ])
    return (plain, blockedNetwork)
  }

  /// Blocks are told by the number of channels, or by how large the channels' weights are.
  ///
  /// 24 channels are no multiple of 16; 40 filled up to 48 need blocks of 16.
  @Test(arguments: [(8, 24, false), (16, 4, false), (16, 40, false), (8, 32, true), (16, 32, true)])
  func `are lowered as if they had none`(_ block: Int, _ middle: Int, _ scales: Bool) throws {
    let (plain, blocked) = networks(block: block, middle: middle, scales: scales)
    let x = Tensor(gaussianNoise: [1, 3, 6, 6], seed: 9)
    let (expected, found) = (try plain.output(for: x), try blocked.output(for: x))
    #expect(found.shape == expected.shape)
    #expect(zip(found.scalars, expected.scalars).allSatisfy { abs($0 - $1) < 1e-4 })
    #expect(try ONNXModel(decoding: blocked.bytes).lowered().notes.isEmpty)
  }

  @Test func `are assumed to be this processor's where nothing tells, and that is said`() throws {
    let blocked = networks(block: 16, middle: 32, scales: false).blocked
    let notes = try ONNXModel(decoding: blocked.bytes).lowered().notes
    #expect(notes.count == 1 && notes[0].contains("assuming"))
  }

  @Test func `weights in blocks share their memory between graphs`() throws {
    let model = try ONNXModel(decoding: networks(block: 16, middle: 4, scales: false).blocked.bytes)
    let arrays = try [model.graph(), model.graph()].map { graph in
      try #require(graph.nodes.first { $0.op is Convolution }.flatMap { graph.constants[$0.inputs[1]] })
    }
    #expect(arrays[0].storage === arrays[1].storage)
  }
}
