import GraphEngine
import Kernels

/// A graph under construction: the file's values so far, and the engine's nodes that compute them.
struct Lowering {
  private(set) var graph: Graph
  private var values: [String: Value] = [:]
  /// Every name taken in the engine's graph.
  private var names: Set<String>
  /// Where each computed value comes from, for importers that recognise what an exporter took apart.
  private var producers: [String: Int] = [:]

  /// - Parameter reserved: the file's own value names, kept free for them.
  init(inputs: [Graph.Input], constants: [String: Constant], reserved: Set<String>) {
    graph = Graph(inputs: inputs, nodes: [], constants: [:], outputs: [])
    names = reserved
    for (name, constant) in constants { values[name] = .constant(constant, name: name) }
    for input in inputs { values[input.name] = .computed(name: input.name, shape: input.shape) }
  }

  subscript(name: String) -> Value? { values[name] }

  /// The engine's node that computes a value; `nil` for inputs and constants.
  func producer(of value: Value) -> Node? {
    guard case .computed(let name, _) = value else { return nil }
    return producers[name].map { graph.nodes[$0] }
  }

  /// Appends a step and hands back its value, or computes it now where all it reads is constant.
  ///
  /// - Throws: ``ONNXError/malformedNode(node:reason:)`` where the inputs do not fit the operator.
  mutating func add(_ op: any Operator, _ inputs: [Value], for call: OperatorCall) throws(ONNXError) -> Value {
    let shape: [Int]
    do {
      shape = try op.outputShape(of: inputs.map(\.shape))
    } catch {
      let given = inputs.map { spelled($0.shape) }.joined(separator: ", ")
      throw call.malformed("it does not fit inputs of \(given): \(error)")
    }
    guard elementCount(of: shape) != nil else {
      throw .tooLarge(value: call.node.outputs.first ?? call.node.name, shape: shape)
    }
    let constants = inputs.compactMap(\.constant)
    if constants.count == inputs.count {
      do {
        let result = try op.forward(constants.map(\.array))
        return .constant(Constant(reals: result.plain()), name: "")
      } catch {
        throw call.malformed("its constant inputs cannot be computed with: \(error)")
      }
    }
    var read: [String] = []
    for input in inputs { read.append(try name(of: input, for: call)) }
    let output = fresh(call.node.outputs.first { !$0.isEmpty } ?? call.node.name)
    producers[output] = graph.nodes.count
    graph.nodes.append(Node(call.node.name, op, read, to: output))
    return .computed(name: output, shape: shape)
  }

  /// Gives the values that an importer made the file's names.
  mutating func bind(_ results: [Value], of call: OperatorCall, since firstNode: Int) throws(ONNXError) {
    for (output, result) in zip(call.node.outputs, results) where !output.isEmpty {
      guard values[output] == nil else { throw .malformedGraph("it computes '\(output)' twice") }
      switch result {
      case .computed(let temporary, let shape):
        // A result that is some earlier value unchanged keeps that value's name.
        guard let index = producers[temporary], index >= firstNode else {
          values[output] = result
          continue
        }
        rename(temporary, to: output, since: firstNode)
        values[output] = .computed(name: output, shape: shape)
      case .constant(let constant, let name):
        values[output] = .constant(constant, name: name.isEmpty ? output : name)
      case .comparison:
        values[output] = result
      }
    }
  }

  /// Declares the value the graph is run for, under its own name.
  mutating func finish(output name: String) throws(ONNXError) {
    guard let value = values[name] else { throw .malformedGraph("nothing computes its output '\(name)'") }
    guard case .computed(let source, _) = value else {
      throw .malformedGraph("its output '\(name)' does not depend on any input")
    }
    if source != name { graph.nodes.append(Node("", Identity(), [source], to: name)) }
    graph.outputs = [name]
  }

  private mutating func rename(_ old: String, to new: String, since firstNode: Int) {
    for index in firstNode..<graph.nodes.count {
      let node = graph.nodes[index]
      guard node.output == old || node.inputs.contains(old) else { continue }
      let inputs = node.inputs.map { $0 == old ? new : $0 }
      graph.nodes[index] = Node(node.name, node.op, inputs, to: node.output == old ? new : node.output)
    }
    producers[new] = producers.removeValue(forKey: old)
  }

  /// The name under which the engine finds a value.
  private mutating func name(of value: Value, for call: OperatorCall) throws(ONNXError) -> String {
    switch value {
    case .computed(let name, _): return name
    case .constant(let constant, ""):
      let name = fresh("\(call.node.outputs.first ?? call.node.name).constant")
      graph.constants[name] = constant.array
      return name
    case .constant(let constant, let name):
      if graph.constants[name] == nil { graph.constants[name] = constant.array }
      return name
    case .comparison: throw call.unsupported("it computes with the result of a comparison")
    }
  }

  private mutating func fresh(_ stem: String) -> String {
    var (name, number) = (stem, 1)
    while !names.insert(name).inserted {
      number += 1
      name = "\(stem).\(number)"
    }
    return name
  }
}
