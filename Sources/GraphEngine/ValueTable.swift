import Kernels

/// The graph's values by number: names, shapes, and which of them depend on the inputs.
struct ValueTable: Sendable {
  private(set) var ids: [String: ValueID] = [:]
  private(set) var names: [String] = []
  private(set) var shapes: [[Int]] = []
  private(set) var constants: [NDArray?] = []
  private(set) var isVariable: [Bool] = []

  var count: Int { names.count }

  /// Numbers the inputs, the constants and the outputs of nodes; the latter get their shapes from ``infer(_:)``.
  init(naming graph: Graph) throws(GraphError) {
    for input in graph.inputs { try add(input.name, shape: input.shape, constant: nil, isVariable: true) }
    for (name, array) in graph.constants.sorted(by: { $0.key < $1.key }) {
      try add(name, shape: array.shape, constant: array, isVariable: false)
    }
    for node in graph.nodes { try add(node.output, shape: [], constant: nil, isVariable: false) }
  }

  private mutating func add(_ name: String, shape: [Int], constant: NDArray?, isVariable: Bool) throws(GraphError) {
    guard ids.updateValue(count, forKey: name) == nil else { throw .duplicateValue(name) }
    names.append(name)
    shapes.append(shape)
    constants.append(constant)
    self.isVariable.append(isVariable)
  }

  /// Fills in the shape of the node's output, from those of its inputs.
  mutating func infer(_ node: Node) throws(GraphError) {
    let inputs = node.inputs.map { ids[$0]! }
    let inputShapes = inputs.map { shapes[$0] }
    let output = ids[node.output]!
    do {
      shapes[output] = try node.op.outputShape(of: inputShapes)
    } catch {
      throw .shapeMismatch(node: node.label, inputs: inputShapes, reason: "\(error)")
    }
    isVariable[output] = inputs.contains { isVariable[$0] }
  }
}
