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
}
