import GraphEngine
import Kernels
import Testing

/// A small network in which steps can be run as one; from `x` to `y`.
struct Pattern: Sendable, CustomTestStringConvertible {
  let name: String
  let graph: Graph
  var testDescription: String { name }
  var input: NDArray { ramp(graph.inputs[0].shape, phase: 0.4) }

  func plans() throws -> (fused: Plan, plain: Plan) { (try Plan(graph), try Plan(graph, rewriting: false)) }

  init(_ name: String, channels: Int = 5, size: Int = 6, _ nodes: [Node]) {
    self.name = name
    let shapes = [
      "w": [channels, channels, 3, 3], "w2": [channels, channels, 1, 1], "dw": [channels, 1, 3, 3],
      "b": [channels], "beta": [channels], "mean": [channels], "gamma": [channels], "plus": [1, channels, 1, 1],
    ]
    var constants: [String: NDArray] = [:]
    for (index, name) in shapes.keys.sorted().enumerated() {
      constants[name] = ramp(shapes[name]!, phase: 0.17 * Float(index)).asConstant()
    }
    let variance = (0..<channels).map { 0.5 + 0.3 * Float($0) }
    constants["variance"] = NDArray(variance, shape: [channels]).asConstant()
    let read = Set(nodes.flatMap(\.inputs))
    graph = Graph(
      inputs: [.init("x", shape: [2, channels, size, size])], nodes: nodes,
      constants: constants.filter { read.contains($0.key) }, outputs: ["y"])
  }

  private static let dense = Convolution(ConvolutionGeometry(padding: 1))
  private static let point = Convolution(ConvolutionGeometry())
  private static let statistics = ["gamma", "beta", "mean", "variance"]
  private static func normalization(_ x: String, to y: String) -> Node {
    Node(BatchNormalization(epsilon: 1e-3), [x] + statistics, to: y)
  }
  private static func function(_ f: UnaryFunction, _ x: String, to y: String) -> Node {
    Node(ElementwiseFunction(f), [x], to: y)
  }

  static let all: [Pattern] = [
    Pattern(
      "normalisation and ReLU",
      [Node(dense, ["x", "w"], to: "a"), normalization("a", to: "n"), function(.relu, "n", to: "y")]),
    Pattern(
      "bias, normalisation and clip, by depth",
      [
        Node(Convolution(ConvolutionGeometry(stride: 2, padding: 1, groups: 5)), ["x", "dw", "b"], to: "a"),
        normalization("a", to: "n"), function(.clip(0, 0.6), "n", to: "y"),
      ]),
    Pattern(
      "residual sum of the input",
      [
        Node(dense, ["x", "w"], to: "a"), normalization("a", to: "n"), function(.relu, "n", to: "r"),
        Node(point, ["r", "w2"], to: "c"), normalization("c", to: "m"), Node(Arithmetic(.add), ["m", "x"], to: "s"),
        function(.relu, "s", to: "y"),
      ]),
    Pattern(
      "two branches of convolutions meet",
      [
        Node(dense, ["x", "w"], to: "a"), normalization("a", to: "n"), Node(point, ["x", "w2", "b"], to: "c"),
        normalization("c", to: "m"), Node(Arithmetic(.add), ["n", "m"], to: "s"), function(.relu, "s", to: "y"),
      ]),
    Pattern(
      "wide enough for Winograd", channels: 32, size: 28,
      [
        Node(dense, ["x", "w"], to: "a"), normalization("a", to: "n"), Node(Arithmetic(.add), ["x", "n"], to: "s"),
        function(.relu, "s", to: "y"),
      ]),
    Pattern(
      "SiLU spelled out",
      [
        Node(dense, ["x", "w"], to: "a"), normalization("a", to: "n"), function(.sigmoid, "n", to: "g"),
        Node(Arithmetic(.multiply), ["n", "g"], to: "y"),
      ]),
    Pattern(
      "HardSwish spelled out, of a sum",
      [
        Node(Arithmetic(.add), ["x", "plus"], to: "a"), function(.hardSigmoid(alpha: 1 / 6, beta: 0.5), "a", to: "g"),
        Node(Arithmetic(.multiply), ["g", "a"], to: "y"),
      ]),
    Pattern(
      "an activation with two readers",
      [
        Node(dense, ["x", "w"], to: "a"), normalization("a", to: "n"), function(.leakyReLU(0.2), "n", to: "r"),
        Node(point, ["r", "w2"], to: "c"), Node(Arithmetic(.add), ["c", "r"], to: "y"),
      ]),
    Pattern(
      "a normalisation with two readers",
      [
        Node(dense, ["x", "w"], to: "a"), normalization("a", to: "n"), function(.relu, "n", to: "r"),
        Node(Arithmetic(.multiply), ["n", "r"], to: "y"),
      ]),
    Pattern(
      "a convolution with two readers",
      [
        Node(dense, ["x", "w"], to: "a"), normalization("a", to: "n"), Node(Arithmetic(.add), ["a", "n"], to: "y"),
      ]),
    Pattern(
      "a value added to itself",
      [Node(dense, ["x", "w"], to: "a"), Node(Arithmetic(.add), ["a", "a"], to: "s"), function(.relu, "s", to: "y")]),
    Pattern(
      "a bias and a scale as steps of their own",
      [
        Node(dense, ["x", "w"], to: "a"), Node(Arithmetic(.add), ["plus", "a"], to: "n"),
        Node(Arithmetic(.multiply), ["n", "plus"], to: "m"), Node(Arithmetic(.subtract), ["m", "plus"], to: "o"),
        function(.tanh, "o", to: "y"),
      ]),
    Pattern(
      "subtracted from a constant",
      [
        Node(dense, ["x", "w"], to: "a"), Node(Arithmetic(.subtract), ["plus", "a"], to: "n"),
        function(.relu, "n", to: "y"),
      ]),
  ]
}
