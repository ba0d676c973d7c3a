import GraphEngine
import Kernels
import ONNXImport
import SwiftProtobuf
import Tensors
import Testing

@Suite struct `Lowering for concrete shapes` {
  @Test func `an open batch takes the size asked for`() throws {
    let model = modelMessage(input: [-1, 3, 4, 4], [node("Relu", ["x"])])
    #expect(try model.lowered(batch: 5).inputs == [Graph.Input("x", shape: [5, 3, 4, 4])])
  }

  @Test func `a fixed batch refuses another number of images`() throws {
    let model = modelMessage([node("Relu", ["x"])])
    #expect(try model.failure(batch: 2) == .fixedBatch(input: "x", declared: 1, asked: 2))
    #expect(try model.failure(batch: 1) == nil)
  }

  @Test func `an open image size must be given`() throws {
    let model = modelMessage(input: [1, 3, -1, -1], [node("Relu", ["x"])])
    #expect(try model.failure() == .unknownImageSize(input: "x"))
    #expect(try model.lowered(imageSize: (6, 9)).inputs[0].shape == [1, 3, 6, 9])
    let fixed = modelMessage([node("Relu", ["x"])])
    #expect(
      try fixed.failure(imageSize: (8, 8)) == .fixedImageSize(input: "x", declared: [4, 4], asked: [8, 8]))
    #expect(try fixed.failure(imageSize: (4, 4)) == nil)
  }

  @Test func `open axes of channels-last and single-channel inputs are told by the file`() throws {
    let last = modelMessage(input: [-1, -1, -1, 3], [node("Relu", ["x"])])
    #expect(try last.lowered(batch: 2, imageSize: (6, 9)).inputs[0].shape == [2, 6, 9, 3])
    let gray = modelMessage(
      input: [-1, -1, -1, -1], weights: [tensor("w", [1, 2, 1, 1], [1, 1])], [node("Conv", ["x", "w"])])
    #expect(try gray.lowered(imageSize: (6, 9)).inputs[0].shape == [1, 2, 6, 9])
  }

  @Test func `weights share their memory between graphs of one model`() throws {
    let weights = [tensor("w", [3, 1, 1], [1, 2, 3])]
    let model = try ONNXModel(
      decoding: modelMessage(input: [-1, 3, 4, 4], weights: weights, [node("Mul", ["x", "w"])]).bytes)
    let one = try #require(model.graph(batch: 1).constants["w"])
    let two = try #require(model.graph(batch: 2).constants["w"])
    #expect(one.storage === two.storage)
    #expect(one.isConstant)
  }

  @Test func `picking every entry in its place is a reshape, any other order a gather`() throws {
    for (picks, isReshape) in [([0, 1, 2, 3], true), ([0, 1, 2], false), ([0, 1, 3, 2], false)] {
      let model = modelMessage(
        input: [1, 4], weights: [tensor("i", integers: picks.map(Int64.init), shape: [Int64(picks.count), 1, 1])],
        [node("Gather", ["x", "i"], ["y"], [attribute("axis", Int64(1))])])
      let graph = try model.lowered()
      #expect(graph.nodes.count == 1)
      #expect((graph.nodes[0].op as? Reshape)?.shape == (isReshape ? [1, 4, 1, 1] : nil))
    }
  }

  @Test func `nodes the output does not need are left out, supported or not`() throws {
    let model = modelMessage([node("Relu", ["x"]), node("Bernoulli", ["x"], ["unused"])])
    #expect(try model.lowered().nodes.map(\.output) == ["y"])
  }

  @Test func `another output can be asked for by name`() throws {
    var message = modelMessage([node("Relu", ["x"], ["r"]), node("Tanh", ["r"])])
    message.graph.output.append(.with { $0.name = "r" })
    let model = try ONNXModel(decoding: message.bytes)
    #expect(try model.graph(output: "r").outputs == ["r"])
    #expect(throws: ONNXError.noSuchOutput("z", outputs: ["y", "r"])) { try model.graph(output: "z") }
  }

  @Test func `an output that is another value unchanged keeps its name`() throws {
    let model = modelMessage(input: [1, 2], [node("Relu", ["x"], ["r"]), node("Dropout", ["r"])])
    #expect(try model.output(for: Tensor([-1, 2], shape: [1, 2])).scalars == [0, 2])
    #expect(try model.lowered().outputs == ["y"])
  }
}

@Suite struct `Networks that are refused` {
  @Test func `every unsupported operator is listed at once`() throws {
    var scaler = node("ImageScaler", ["x"], ["a"])
    scaler.name = "scale"
    var custom = node("Fancy", ["a"], ["b"])
    custom.domain = "com.example"
    let error = try modelMessage([scaler, custom, node("Relu", ["b"], ["c"]), node("DeformConv", ["c"])]).failure()
    #expect(
      error
        == .unsupported([
          UnsupportedNode(node: "scale", operator: "ImageScaler", domain: "", opset: 18),
          UnsupportedNode(node: "b", operator: "Fancy", domain: "com.example", opset: 0),
          UnsupportedNode(node: "y", operator: "DeformConv", domain: "", opset: 18),
        ]))
  }

  @Test func `a long list is grouped and capped`() throws {
    let nodes = (0..<40).map { node("Odd\($0 % 20)", [$0 == 0 ? "x" : "v\($0)"], [$0 == 39 ? "y" : "v\($0 + 1)"]) }
    let sentence = "\(try #require(try modelMessage(nodes).failure()))"
    #expect(sentence.firstMatch(of: /and [0-9]+ more operators/) != nil)
    #expect(sentence.count <= 600)
  }

  @Test func `an operator that only folds constants is unsupported on activations`() throws {
    let error = try modelMessage([node("NonZero", ["x"])]).failure()
    #expect(error == .unsupported([UnsupportedNode(node: "y", operator: "NonZero", domain: "", opset: 18)]))
  }

  @Test func `values that nothing computes, or two nodes do, are named`() throws {
    let dangling = try #require(try modelMessage([node("Relu", ["z"])]).failure())
    #expect("\(dangling)".contains("'z'"))
    let twice = modelMessage([node("Relu", ["x"]), node("Relu", ["x"])])
    #expect(try twice.failure() != nil)
    let cycle = modelMessage([node("Add", ["x", "b"], ["a"]), node("Relu", ["a"], ["b"]), node("Relu", ["b"])])
    #expect(try cycle.failure() != nil)
    #expect(try modelMessage(output: "z", [node("Relu", ["x"])]).failure() != nil)
  }

  @Test func `a network without input or output is refused`() throws {
    var model = modelMessage([node("Relu", ["x"])])
    model.graph.input = []
    #expect(try model.failure() == .malformedGraph("it has no input"))
    model = modelMessage([node("Relu", ["x"])])
    model.graph.output = []
    #expect(try model.failure() == .malformedGraph("it has no output"))
  }

  @Test func `an output that is not computed is named by the node that reads it`() throws {
    let model = modelMessage([
      node("MaxPool", ["x"], ["p", "i"], [attribute("kernel_shape", [2, 2])]), node("Add", ["p", "i"]),
    ])
    guard case .unsupportedUse(let node, _) = try model.failure() else {
      Issue.record("\(String(describing: try model.failure()))")
      return
    }
    #expect(node.contains("MaxPool"))
  }

  @Test func `an attribute of the wrong kind is named`() throws {
    let model = modelMessage([node("LeakyRelu", ["x"], ["y"], [attribute("alpha", [1])])])
    #expect("\(try #require(try model.failure()))".contains("'alpha'"))
  }

  @Test func `inputs that do not fit name the node`() throws {
    let model = modelMessage(weights: [tensor("w", [2], [1, 2])], [node("Add", ["x", "w"])])
    #expect("\(try #require(try model.failure()))".contains("Add → 'y'"))
    let channels = modelMessage(weights: [tensor("w", [1, 2, 1, 1], [1, 2])], [node("Conv", ["x", "w"])])
    #expect("\(try #require(try channels.failure()))".contains("Conv → 'y'"))
  }

  @Test func `weights that depend on the image are refused`() throws {
    let model = modelMessage([node("Conv", ["x", "x"])])
    guard case .unsupportedUse = try model.failure() else {
      Issue.record("\(String(describing: try model.failure()))")
      return
    }
  }
}
