import GraphEngine
import Kernels

/// Puts together what exporters took apart, so that an activation function is one step and is known as what it is.
///
/// The step that computes the whole keeps its name and place; those that only it read are dropped with other dead ones.
struct Recognition {
  private(set) var graph: Graph
  private var producers: [String: Int] = [:]
  let shapes: [String: [Int]]

  init(_ graph: Graph, shapes: [String: [Int]]) {
    self.graph = graph
    self.shapes = shapes
    for (index, node) in graph.nodes.enumerated() { producers[node.output] = index }
  }

  /// The graph with every known pattern replaced.
  static func simplified(_ graph: Graph, shapes: [String: [Int]]) -> Graph {
    var recognition = Recognition(graph, shapes: shapes)
    for index in graph.nodes.indices {
      guard let whole = recognition.activation(at: index) ?? recognition.layerNormalization(at: index) else { continue }
      let node = recognition.graph.nodes[index]
      recognition.graph.nodes[index] = Node(node.name, whole.op, whole.inputs, to: node.output)
      for (name, array) in whole.constants { recognition.graph.constants[name] = array }
    }
    return recognition.graph.withoutDeadNodes
  }

  /// What a node is replaced by.
  struct Whole {
    let op: any Operator
    let inputs: [String]
    var constants: [String: NDArray] = [:]

    init(_ function: UnaryFunction, of input: String) { self.init(ElementwiseFunction(function), [input]) }

    init(_ op: any Operator, _ inputs: [String]) { (self.op, self.inputs) = (op, inputs) }
  }

  func producer(of name: String) -> Node? { producers[name].map { graph.nodes[$0] } }

  /// The function that computes a value, and of what.
  func function(of name: String) -> (function: UnaryFunction, input: String)? {
    guard let node = producer(of: name), let op = node.op as? ElementwiseFunction else { return nil }
    return (op.function, node.inputs[0])
  }

  /// The two operands of a value computed by some arithmetic.
  func operands(of name: String, _ function: BinaryFunction) -> (String, String)? {
    guard let node = producer(of: name), (node.op as? Arithmetic)?.function == function else { return nil }
    return (node.inputs[0], node.inputs[1])
  }

  /// The number that a value is throughout.
  func scalar(_ name: String) -> Float? {
    guard let array = graph.constants[name], array.count == 1 else { return nil }
    return array.scalars[0]
  }
}

extension Graph {
  /// The graph less what its outputs do not depend on.
  var withoutDeadNodes: Graph {
    var needed = Set(outputs)
    var isNeeded = nodes.map { _ in false }
    for (index, node) in nodes.enumerated().reversed() where needed.contains(node.output) {
      isNeeded[index] = true
      needed.formUnion(node.inputs)
    }
    var graph = self
    graph.nodes = nodes.indices.filter { isNeeded[$0] }.map { nodes[$0] }
    graph.constants = constants.filter { needed.contains($0.key) }
    return graph
  }
}
