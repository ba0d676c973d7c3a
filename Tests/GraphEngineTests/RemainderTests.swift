import GraphEngine
import Kernels
import Testing

/// A residual block with a shortcut, a normalisation to fold, and a constant that is computed.
private func network(images: Int = 1) -> Graph {
  let geometry = ConvolutionGeometry(
    strides: [1, 1], dilations: [1, 1], paddingBefore: [1, 1], paddingAfter: [1, 1], groups: 1)
  return Graph(
    inputs: [.init("image", shape: [images, 3, 6, 6])],
    nodes: [
      Node(Convolution(geometry), ["image", "w1"], to: "conv1"),
      Node(ElementwiseFunction(.relu), ["conv1"], to: "relu1"),
      Node(Convolution(geometry), ["relu1", "w2"], to: "conv2"),
      Node(BatchNormalization(epsilon: 1e-5), ["conv2", "s", "s", "s", "s"], to: "norm"),
      Node(Arithmetic(.add), ["norm", "relu1"], to: "sum"), Node(ElementwiseFunction(.relu), ["sum"], to: "relu2"),
      Node(ElementwiseFunction(.neg), ["c"], to: "negated"),
      Node(Arithmetic(.multiply), ["relu2", "negated"], to: "scaled"),
      Node(GlobalAveragePool(), ["scaled"], to: "pool"), Node(Reshape(to: [images, 8]), ["pool"], to: "flat"),
      Node(Linear(), ["flat", "m"], to: "logits"),
    ],
    constants: [
      "w1": numbers([8, 3, 3, 3]), "w2": numbers([8, 8, 3, 3]),
      "s": NDArray((0..<8).map { 0.5 + 0.1 * Float($0) }, shape: [8]).asConstant(),
      "c": numbers([1]), "m": numbers([8, 4]),
    ], outputs: ["logits"])
}

private func numbers(_ shape: [Int]) -> NDArray {
  NDArray((0..<shape.reduce(1, *)).map { (Float($0) * 0.618034).truncatingRemainder(dividingBy: 2) - 1 }, shape: shape)
    .asConstant()
}

@Suite struct RemainderTests {
  @Test(arguments: [true, false]) func `running on from any value ends where the whole run does`(rewriting: Bool) throws
  {
    let plan = try Plan(network(), rewriting: rewriting)
    let image = NDArray(numbers([1, 3, 6, 6]).scalars, shape: [1, 3, 6, 6])
    let trace = try plan.trace([image]), logits = try plan.outputs(for: [image])[0].scalars
    for name in ["image", "conv1", "relu1", "conv2", "norm", "sum", "relu2", "scaled", "pool", "flat", "logits"] {
      let remainder = try plan.remainder(after: name)
      #expect(remainder.graph.inputs.map(\.name) == [name] + remainder.bypassing)
      let inputs = try ([name] + remainder.bypassing).map { try trace.value(named: $0) }
      let again = try Plan(remainder.graph, rewriting: rewriting).outputs(for: inputs)[0].scalars
      for (a, b) in zip(again, logits) { #expect(abs(a - b) < 1e-5, "\(name)") }
    }
  }

  @Test func `only what depends on the value is computed again`() throws {
    let plan = try Plan(network())
    let remainder = try plan.remainder(after: "norm")
    #expect(remainder.bypassing == ["relu1"])
    #expect(
      Set(remainder.graph.nodes.map(\.output)) == ["sum", "relu2", "negated", "scaled", "pool", "flat", "logits"])
    #expect(remainder.graph.constants.keys.sorted() == ["c", "m"])
    #expect(try plan.remainder(after: "sum").bypassing.isEmpty)
    #expect(throws: GraphError.noSuchValue("nothing")) { try plan.remainder(after: "nothing") }
  }

  @Test func `a changed value changes what follows`() throws {
    let plan = try Plan(network())
    let image = NDArray(numbers([1, 3, 6, 6]).scalars, shape: [1, 3, 6, 6])
    let rest = try Plan(plan.remainder(after: "relu2").graph)
    let value = try plan.trace([image]).value(named: "relu2")
    let doubled = NDArray(value.scalars.map { 2 * $0 }, shape: value.shape)
    let logits = try plan.outputs(for: [image])[0].scalars
    // After the last rectifier everything is linear and has no offsets.
    for (a, b) in zip(try rest.outputs(for: [doubled])[0].scalars, logits) { #expect(abs(a - 2 * b) < 1e-4) }
  }

  @Test func `memory grows with the images and holds what lives at once`() throws {
    let (one, eight) = (try Plan(network()).workingBytes, try Plan(network(images: 8)).workingBytes)
    // The block's input and output and the value between them are all needed at once.
    #expect(one >= 2 * 8 * 36 * 4)
    #expect(one <= 8 * 8 * 36 * 4)
    #expect(eight > 4 * one && eight <= 9 * one)
  }

  @Test(arguments: [true, false]) func `a walk that gives values up finds the same cotangents`(rewriting: Bool) throws {
    let plan = try Plan(network(), rewriting: rewriting)
    let image = NDArray(numbers([1, 3, 6, 6]).scalars, shape: [1, 3, 6, 6])
    let cotangent = NDArray([0, 1, 0, -0.5], shape: [1, 4])
    let walks = try [false, true].map { releases in
      let trace = try plan.trace([image])
      let walk = try BackwardPass(through: trace, from: "logits", cotangent: cotangent, releasesValues: releases)
      return (trace, walk)
    }
    for name in ["pool", "relu2", "norm", "relu1", "image"] {
      let cotangents = try walks.map { try $0.1.cotangent(of: name)?.scalars }
      #expect(cotangents[0] == cotangents[1] && cotangents[0]?.contains { $0 != 0 } == true, "\(name)")
    }
    // What was given up is computed again from the image for whoever asks all the same.
    let (again, kept) = (try walks[1].0.value(named: "relu2").scalars, try walks[0].0.value(named: "relu2").scalars)
    for (a, b) in zip(again, kept) { #expect(abs(a - b) < 1e-5) }
  }

  @Test func `memory for gradients holds what is kept, and less than every value and cotangent`() throws {
    let plan = try Plan(network()), eight = try Plan(network(images: 8))
    #expect(plan.gradientBytes > plan.workingBytes)
    // Two rectifiers' outputs and the product of the second, 1152 bytes each, are kept besides the image.
    #expect(plan.gradientBytes >= 4 * 8 * 36 * 4)
    #expect(plan.gradientBytes <= 9 * 8 * 36 * 4)
    #expect(eight.gradientBytes > 4 * plan.gradientBytes && eight.gradientBytes <= 9 * plan.gradientBytes)
  }
}

@Suite struct ChannelwiseEndTests {
  /// conv → ReLU → max pooling → mean over places → flat → linear, and a sum that reads the convolution twice.
  private func plan(sharing: Bool = false) throws -> Plan {
    let geometry = ConvolutionGeometry(
      strides: [1, 1], dilations: [1, 1], paddingBefore: [1, 1], paddingAfter: [1, 1], groups: 1)
    let pooling = PoolingGeometry(
      kernel: [2, 2], strides: [2, 2], dilations: [1, 1], paddingBefore: [0, 0], paddingAfter: [0, 0],
      countsPadding: false)
    return try Plan(
      Graph(
        inputs: [.init("image", shape: [1, 3, 6, 6])],
        nodes: [
          Node(Convolution(geometry), ["image", "w"], to: "conv"),
          Node(ElementwiseFunction(.sigmoid), ["conv"], to: "gate"),
          Node(
            sharing ? Arithmetic(.add) : Identity() as any Operator, sharing ? ["gate", "conv"] : ["gate"], to: "sum"),
          Node(ElementwiseFunction(.relu), ["sum"], to: "relu"),
          Node(MaxPool(pooling, ceilMode: false), ["relu"], to: "max"),
          Node(Reduction(.mean, axes: [2, 3], keepsDimensions: true), ["max"], to: "mean"),
          Node(Reshape(to: [1, 8]), ["mean"], to: "flat"), Node(Linear(), ["flat", "m"], to: "logits"),
        ],
        constants: ["w": numbers([8, 3, 3, 3]), "m": numbers([8, 4])], outputs: ["logits"]))
  }

  @Test func `pooling and what is zero at zero are walked over, and nothing else`() throws {
    let plan = try plan()
    for name in ["sum", "relu", "max", "mean"] { #expect(plan.channelwiseEnd(after: name) == "flat", "\(name)") }
    // A sigmoid makes a half of zero; a convolution mixes channels.
    #expect(plan.channelwiseEnd(after: "conv") == "conv")
    #expect(plan.channelwiseEnd(after: "image") == "image")
    #expect(plan.channelwiseEnd(after: "flat") == "flat")
    #expect(plan.channelwiseEnd(after: "logits") == "logits")
    #expect(plan.channelwiseEnd(after: "nothing") == "nothing")
  }

  @Test func `what two steps read is silenced where it is`() throws {
    let plan = try plan(sharing: true)
    #expect(plan.channelwiseEnd(after: "conv") == "conv")
    #expect(plan.channelwiseEnd(after: "gate") == "gate")
  }

  @Test func `a channel that is silent there is silent at the end`() throws {
    let plan = try plan()
    let image = NDArray(numbers([1, 3, 6, 6]).scalars, shape: [1, 3, 6, 6])
    let trace = try plan.trace([image])
    for name in ["sum", "relu", "max", "mean"] {
      let silenced = try ablated(trace.value(named: name), channels: 2..<3)
      let rest = try Plan(plan.remainder(after: name).graph).outputs(for: [silenced])[0].scalars
      let end = plan.channelwiseEnd(after: name)
      let late = try Plan(plan.remainder(after: end).graph)
        .outputs(for: [ablated(trace.value(named: end), channels: 2..<3)])[0].scalars
      for (a, b) in zip(rest, late) { #expect(abs(a - b) < 1e-6) }
      #expect(zip(rest, try trace.value(named: "logits").scalars).contains { abs($0 - $1) > 1e-3 })
    }
  }
}
