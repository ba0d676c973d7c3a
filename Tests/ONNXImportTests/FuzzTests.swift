import Foundation
import GraphEngine
import ONNXImport
import SwiftProtobuf
import Tensors
import Testing

/// Damaged files either still make sense or are refused; nothing else may happen.
@Suite struct `Damaged models` {
  /// A small network that has a bit of everything: windows, shape arithmetic, typed and raw tensors.
  private func bytes() throws -> Data {
    let model = modelMessage(
      input: [-1, 3, 8, 8],
      weights: [
        tensor("w", [4, 3, 3, 3], (0..<108).map { Float($0) / 100 }), tensor("b", [4], [0, 1, 2, 3]),
        tensor("one", integers: [1]), tensor("minus", integers: [-1]), tensor("zero", integers: [0]),
        tensor("pads", integers: [0, 0, 1, 1, 0, 0, 1, 1]),
        tensor("head", [10, 64], [Float](repeating: 0.1, count: 640)),
      ],
      [
        node("Pad", ["x", "pads"], ["padded"], [attribute("mode", "reflect")]),
        node("Conv", ["padded", "w", "b"], ["c"], [attribute("strides", [1, 1]), attribute("auto_pad", "VALID")]),
        node("Relu", ["c"], ["r"]),
        node("MaxPool", ["r"], ["p"], [attribute("kernel_shape", [2, 2]), attribute("strides", [2, 2])]),
        node("Split", ["p"], ["left", "right"], [attribute("axis", 1), attribute("num_outputs", 2)]),
        node("Concat", ["right", "left"], ["joined"], [attribute("axis", 1)]),
        node("Shape", ["joined"], ["shape"]),
        node("Slice", ["shape", "zero", "one"], ["batch"]),
        node("Concat", ["batch", "minus"], ["target"], [attribute("axis", 0)]),
        node("Reshape", ["joined", "target"], ["flat"]),
        node("Gemm", ["flat", "head"], ["y"], [attribute("transB", 1)]),
      ])
    return try model.bytes
  }

  /// What transformers, segmentation heads and quantised networks are made of, and a branch.
  private func modernBytes() throws -> Data {
    func graph(_ nodes: [NodeMessage], _ output: String) -> Limn_Onnx_GraphProto {
      .with {
        $0.node = nodes
        $0.output = [.with { $0.name = output }]
      }
    }
    let branches = [("then_branch", graph([node("Relu", ["q"], ["inner"])], "inner")), ("else_branch", graph([], "q"))]
    let attributes = branches.map { name, graph in
      Limn_Onnx_AttributeProto.with {
        $0.name = name; $0.g = graph; $0.type = 5
      }
    }
    let model = modelMessage(
      opset: 23, input: [-1, 4, 6],
      weights: [
        tensor("sizes", integers: [2, 4, 9]), tensor("k", integers: [3]), tensor("axis", integers: [1], shape: []),
        tensor("w", [6, 6], [Float](repeating: 0.5, count: 36)), tensor("g", [4], [1, 2, 3, 4]),
        tensor("scale", [], [0.1]), tensor("true", integers: [1], shape: []),
        tensor("at", integers: [1, 0], shape: [1, 2]),
        tensor("zero", [], [0]),
      ],
      [
        node("GroupNormalization", ["x", "g", "g"], ["n"], [attribute("num_groups", 2)]),
        node("Einsum", ["n", "w"], ["e"], [attribute("equation", "bij,jk->bik")]),
        node("Attention", ["e", "e", "n"], ["a"], [attribute("q_num_heads", 2), attribute("kv_num_heads", 2)]),
        node("Greater", ["a", "zero"], ["more"]), node("Where", ["more", "a", "n"], ["c"]),
        node("QuantizeLinear", ["c", "scale"], ["q8"]), node("DequantizeLinear", ["q8", "scale"], ["q"]),
        node("If", ["true"], ["b"], attributes), node("CumSum", ["b", "axis"], ["sums"]),
        node("Trilu", ["sums"], ["t"]),
        node("GatherND", ["t", "at"], ["picked"]), node("Add", ["t", "picked"], ["added"]),
        node("Resize", ["added", "", "", "sizes"], ["r"], [attribute("mode", "linear"), attribute("antialias", 1)]),
        node("TopK", ["r", "k"], ["y", "i"]),
      ])
    return try model.bytes
  }

  /// What became of a number of files.
  private struct Fates {
    /// Refused while they were read, or while their graph was made.
    var unreadable = 0, refused = 0
    /// Refused by the engine, or ready to run.
    var unplanned = 0, planned = 0

    mutating func add(_ data: Data, batch: Int = 1) {
      guard let model = try? ONNXModel(decoding: data) else { return unreadable += 1 }
      guard let graph = try? model.graph(batch: batch) else { return refused += 1 }
      if (try? Plan(graph)) == nil { unplanned += 1 } else { planned += 1 }
    }
  }

  @Test func `the undamaged model lowers`() throws {
    #expect(try Plan(ONNXModel(decoding: bytes()).graph(batch: 2)).shape(of: "y") == [2, 10])
    #expect(try Plan(ONNXModel(decoding: modernBytes()).graph(batch: 2)).shape(of: "y") == [2, 4, 3])
  }

  @Test func `a model cut anywhere is refused`() throws {
    for data in [try bytes(), try modernBytes()] {
      for length in 0..<data.count {
        #expect(throws: ONNXError.self, "\(length) of \(data.count) bytes") {
          try ONNXModel(decoding: data.prefix(length)).graph(batch: 2)
        }
      }
    }
  }

  @Test(arguments: [1, 2, 3, 4] as [UInt64])
  func `flipped bits never crash the importer`(_ seed: UInt64) throws {
    let files = [try bytes(), try modernBytes()]
    var generator = SplitMix64(seed: seed), fates = Fates()
    for round in 0..<4000 {
      var damaged = files[round % 2]
      for _ in 0...Int.random(in: 0...3, using: &generator) {
        let place = Int.random(in: 0..<damaged.count, using: &generator)
        damaged[place] ^= 1 << UInt8.random(in: 0...7, using: &generator)
      }
      fates.add(damaged, batch: 2)
    }
    // Were they all to end at the header, nothing behind it would be tested.
    #expect(fates.planned > 400 && fates.refused > 400 && fates.unreadable > 400, "\(fates)")
  }

  @Test func `extreme numbers in every attribute and shape are refused or harmless`() throws {
    let extremes: [Int64] = [.min, .min + 1, -(1 << 31), -1, 0, 1 << 31, .max - 1, .max]
    let lists = [
      ("Conv", "strides"), ("Conv", "pads"), ("Conv", "dilations"), ("MaxPool", "kernel_shape"), ("MaxPool", "pads"),
      ("AveragePool", "strides"), ("Transpose", "perm"), ("ConvTranspose", "output_padding"),
      ("ConvTranspose", "output_shape"), ("ReduceMean", "axes"),
    ]
    let scalars = [
      ("Conv", "group"), ("Softmax", "axis"), ("LogSoftmax", "axis"), ("Flatten", "axis"), ("Concat", "axis"),
      ("LayerNormalization", "axis"), ("LRN", "size"), ("ConvTranspose", "group"), ("Gather", "axis"),
      ("Split", "axis"), ("GroupNormalization", "num_groups"), ("DepthToSpace", "blocksize"), ("ArgMax", "axis"),
      ("LpNormalization", "axis"), ("GatherElements", "axis"), ("GatherND", "batch_dims"),
      ("Attention", "kv_num_heads"),
      ("DequantizeLinear", "block_size"), ("TopK", "axis"), ("Hardmax", "axis"), ("Attention", "left_window_size"),
    ]
    let inputs = [
      "Conv": ["x", "w"], "ConvTranspose": ["x", "w"], "LayerNormalization": ["x", "s"], "Gather": ["x", "i"],
      "Concat": ["x", "x"], "GroupNormalization": ["x", "s", "s"], "GatherElements": ["x", "i4"],
      "GatherND": ["x", "i4"], "Attention": ["x", "x", "x"], "DequantizeLinear": ["x", "w"], "TopK": ["x", "i"],
    ]
    let weights = [
      tensor("w", [3, 3, 1, 1], [Float](repeating: 1, count: 9)), tensor("s", [4], [1, 1, 1, 1]),
      tensor("t", [1, 2, 4], [Float](repeating: 1, count: 8)), tensor("q", [4, 6], [Float](repeating: 1, count: 24)),
      tensor("i", integers: [0]), tensor("i4", integers: [0], shape: [1, 1, 1, 1]),
    ]
    let runtimeCalls = [
      ("com.microsoft", "MatMulNBits", ["x", "i", "w"], ["K", "N", "bits", "block_size"]),
      ("com.microsoft", "MultiHeadAttention", ["t", "t", "t"], ["num_heads", "unidirectional"]),
      ("com.microsoft", "Attention", ["t", "q"], ["num_heads", "qkv_hidden_sizes"]),
      ("com.microsoft", "GroupNorm", ["x", "s", "s"], ["groups", "activation"]),
      ("com.microsoft", "BiasSoftmax", ["x", "s"], ["axis"]),
      ("com.microsoft.nchwc", "ReorderOutput", ["x"], ["channels"]),
      ("com.microsoft.nchwc", "Upsample", ["x"], ["scales"]),
      ("com.microsoft.nchwc", "Conv", ["x", "w"], ["group"]),
    ]
    var fates = Fates()
    for extreme in extremes {
      for (type, name) in lists {
        var attributes = [attribute(name, [Int64](repeating: extreme, count: name == "pads" ? 4 : 2))]
        if type.hasSuffix("Pool"), name != "kernel_shape" { attributes.append(attribute("kernel_shape", [2, 2])) }
        fates.add(
          try modelMessage(opset: 13, weights: weights, [node(type, inputs[type] ?? ["x"], ["y"], attributes)]).bytes)
      }
      for (domain, type, inputs, attributes) in runtimeCalls {
        for name in attributes {
          let isList = name == "qkv_hidden_sizes" || name == "scales"
          var others = attributes.filter { $0 != name }.map { attribute($0, $0 == "scales" ? [1, 1, 2, 2] : [2]) }
          if type != "Upsample" { others = attributes.filter { $0 != name }.map { attribute($0, Int64(2)) } }
          var call = node(
            type, inputs, ["y"],
            others + [isList ? attribute(name, [extreme, extreme, extreme]) : attribute(name, extreme)])
          call.domain = domain
          fates.add(try modelMessage(opset: 17, weights: weights, [call]).bytes)
        }
      }
      for (type, name) in scalars {
        let call = node(type, inputs[type] ?? ["x"], ["y"], [attribute(name, extreme)])
        fates.add(try modelMessage(opset: 12, weights: weights, [call]).bytes)
        fates.add(try modelMessage(opset: 24, weights: weights, [call]).bytes)
      }
      for type in [
        "TopK", "Trilu", "CumSum", "GatherND", "Reshape", "Expand", "Gather", "Squeeze", "Unsqueeze", "ReduceSum",
        "ConstantOfShape", "Pad", "Tile",
      ] {
        for count in [1, 4, 8] {
          let numbers = tensor("n", integers: [Int64](repeating: extreme, count: count))
          let read = type == "ConstantOfShape" ? ["n"] : ["x", "n"]
          fates.add(try modelMessage(weights: [numbers], [node(type, read, ["z"]), node("Add", ["x", "z"])]).bytes)
        }
      }
      for type in ["Resize", "Upsample"] {
        let sizes = tensor("n", integers: [1, 3, extreme, 4])
        let scales = tensor("f", [4], [1, 1, Float(extreme), 0x1p-30])
        for read in [["x", "", "", "n"], ["x", "", "f"], ["x", "f"]] {
          fates.add(try modelMessage(opset: 18, weights: [sizes, scales], [node(type, read)]).bytes)
        }
      }
      for step in extremes {
        let bounds = ["starts", "ends", "axes", "steps"].enumerated().map { index, name in
          tensor(name, integers: [[extreme, ~extreme, 2, step][index]])
        }
        let call = node("Slice", ["x", "starts", "ends", "axes", "steps"])
        fates.add(try modelMessage(weights: bounds, [call]).bytes)
        let range = ["a", "b", "c"].enumerated().map { tensor($1, integers: [[extreme, step, 3][$0]], shape: []) }
        fates.add(
          try modelMessage(weights: range, [node("Range", ["a", "b", "c"], ["r"]), node("Add", ["x", "r"])]).bytes)
      }
    }
    #expect(fates.planned > 50 && fates.refused > 200 && fates.unreadable == 0, "\(fates)")
  }
}
