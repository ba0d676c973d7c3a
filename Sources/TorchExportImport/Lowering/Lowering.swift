import GraphEngine
import Kernels

/// A graph under construction: the program's values so far, and the engine's nodes that compute them.
struct Lowering {
  private(set) var graph = Graph(inputs: [], nodes: [], constants: [:], outputs: [])
  private(set) var values: [String: Value] = [:]
  private var names: Set<String>
  /// The shape of each value that depends on the image.
  private(set) var shapes: [String: [Int]] = [:]
  /// How many times as many images are lowered as the file declares.
  let widening: Int

  init(reserved: Set<String>, widening: Int) { (names, self.widening) = (reserved, widening) }

  /// Declares an input that images are given to.
  mutating func input(_ name: String, shape: [Int], kind: ElementType.Kind) {
    graph.inputs.append(Graph.Input(name, shape: shape))
    names.insert(name)
    values[name] = .tensor(TensorValue(name: name, shape: shape, kind: kind))
  }

  /// Brings back the values of an earlier moment; what was lowered since stays, and is dropped where nothing reads it.
  mutating func restore(_ earlier: [String: Value]) { values = earlier }

  mutating func set(_ name: String, to value: Value) { values[name] = value }

  /// - Throws: Where nothing earlier computes the value.
  func value(_ name: String, readBy label: String) throws(TorchExportError) -> Value {
    guard let value = values[name] else {
      throw .malformedNode(node: label, reason: "it reads '\(name)', which nothing before it computes")
    }
    return value
  }

  /// Appends a step and hands back its value, or computes it now where all it reads is known beforehand.
  ///
  /// - Throws: ``TorchExportError/malformedNode(node:reason:)`` where the inputs do not fit the operator.
  mutating func add(
    _ op: any Operator, _ inputs: [TensorValue], for call: Call, as kind: ElementType.Kind? = nil
  ) throws(TorchExportError) -> TensorValue {
    let shape: [Int]
    do {
      shape = try op.outputShape(of: inputs.map(\.shape))
    } catch {
      let given = joined(inputs.map { spelled($0.shape) }, by: ", ", within: 200, kind: "more")
      throw call.malformed("it does not fit inputs of \(given): \(error)")
    }
    guard elementCount(of: shape) != nil else { throw .tooLarge(value: call.layer, shape: shape) }
    if shape.contains(0) { throw call.unsupported("its result would be empty (\(spelled(shape)))") }
    let kind = kind ?? inputs[0].kind
    let known = inputs.compactMap(\.array)
    if known.count == inputs.count {
      do { return TensorValue(try op.forward(known).plain(), kind: kind) } catch {
        throw call.malformed("it cannot be computed: \(error)")
      }
    }
    let output = fresh(call.layer + ".part")
    graph.nodes.append(Node(call.layer, op, inputs.map { name(of: $0, for: call) }, to: output))
    shapes[output] = shape
    return TensorValue(name: output, shape: shape, kind: kind)
  }

  /// The name under which the engine finds a value.
  private mutating func name(of value: TensorValue, for call: Call) -> String {
    guard let array = value.array else { return value.name }
    let name = value.name.isEmpty ? fresh(call.layer + ".constant") : value.name
    if graph.constants[name] == nil { graph.constants[name] = array }
    return name
  }

  /// Gives a result the name of the layer that it is the result of, where a step since `firstNode` computes it.
  mutating func rename(_ result: TensorValue, to wanted: String, since firstNode: Int) -> TensorValue {
    guard result.array == nil,
      let index = graph.nodes.indices[firstNode...].last(where: { graph.nodes[$0].output == result.name })
    else { return result }
    let new = fresh(wanted)
    let node = graph.nodes[index]
    graph.nodes[index] = Node(node.name, node.op, node.inputs, to: new)
    for later in graph.nodes.indices[(index + 1)...] where graph.nodes[later].inputs.contains(result.name) {
      let node = graph.nodes[later]
      let inputs = node.inputs.map { $0 == result.name ? new : $0 }
      graph.nodes[later] = Node(node.name, node.op, inputs, to: node.output)
    }
    shapes[new] = shapes.removeValue(forKey: result.name)
    var renamed = result
    renamed.name = new
    return renamed
  }

  /// Declares what the graph is run for.
  mutating func finish(outputs: [String]) throws(TorchExportError) {
    for output in outputs {
      guard case .tensor(let value) = try value(output, readBy: "the output '\(output)'") else {
        throw .malformed(reason: "its output '\(output)' is no tensor")
      }
      // What does not depend on the image answers nothing.
      guard value.array == nil, !graph.outputs.contains(value.name) else { continue }
      if graph.inputs.contains(where: { $0.name == value.name }) {
        let name = fresh(output)
        graph.nodes.append(Node("", Identity(), [value.name], to: name))
        graph.outputs.append(name)
      } else {
        graph.outputs.append(value.name)
      }
    }
    guard !graph.outputs.isEmpty else { throw .malformed(reason: "none of its outputs depends on an input") }
    dropDeadNodes()
  }

  private mutating func dropDeadNodes() {
    var needed = Set(graph.outputs)
    var isNeeded = graph.nodes.map { _ in false }
    for (index, node) in graph.nodes.enumerated().reversed() where needed.contains(node.output) {
      isNeeded[index] = true
      needed.formUnion(node.inputs)
    }
    graph.nodes = graph.nodes.indices.filter { isNeeded[$0] }.map { graph.nodes[$0] }
    graph.constants = graph.constants.filter { needed.contains($0.key) }
  }

  /// A name nobody else has.
  private mutating func fresh(_ stem: String) -> String { names.insert(fresh: stem) }
}
