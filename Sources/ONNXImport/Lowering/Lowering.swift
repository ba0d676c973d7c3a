import GraphEngine
import Kernels

/// A graph under construction: the file's values so far, and the engine's nodes that compute them.
struct Lowering {
  private(set) var graph: Graph
  private var values: [String: Value] = [:]
  /// Lists of tensors, whose structure is known.
  private var sequences: [String: [Value]] = [:]
  /// Further outputs that importers do not compute, with the node that should have.
  private var uncomputed: [String: OperatorCall] = [:]
  /// Every name taken in the engine's graph.
  private var names: Set<String>
  /// Where each computed value comes from, for importers that recognise what an exporter took apart.
  private var producers: [String: Int] = [:]
  /// The inputs other than images that each value depends on; empty where the image is the only one.
  private var origins: [String: Set<String>] = [:]
  private var unrolledNodes = 0
  /// The shapes of computed values, under the engine's names.
  private var shapes: [String: [Int]] = [:]
  /// How many channels lie together where onnxruntime has images in blocks; `nil` in other networks.
  let channelBlock: Int?

  /// Starts with the inputs and the weights; `reserved` are the file's own value names, kept free for them.
  init(
    inputs: [Graph.Input], types: [String: ElementType], constants: [String: Constant], reserved: Set<String>,
    channelBlock: Int? = nil
  ) {
    self.channelBlock = channelBlock
    graph = Graph(inputs: inputs, nodes: [], constants: [:], outputs: [])
    names = reserved
    for input in inputs { shapes[input.name] = input.shape }
    for input in inputs where inputs.count > 1 && (input.shape.count < 3 || types[input.name]?.isReal == false) {
      origins[input.name] = [input.name]
    }
    for (name, constant) in constants { values[name] = .constant(constant, name: name) }
    for input in inputs {
      values[input.name] = .computed(name: input.name, shape: input.shape, type: types[input.name] ?? .float32)
    }
  }

  /// Gives the file an image without the axis of images that the engine's graph has.
  mutating func dropBatch(of input: String) {
    guard case .computed(let name, let shape, let type)? = values[input], shape.first == 1 else { return }
    let alone = Array(shape.dropFirst()), output = fresh("\(input).alone")
    graph.nodes.append(Node("", Reshape(to: alone), [name], to: output))
    producers[output] = graph.nodes.count - 1
    shapes[output] = alone
    if !origins.isEmpty { origins[output] = origins[name] ?? [] }
    values[input] = .computed(name: output, shape: alone, type: type)
  }

  /// The network's inputs, other than images, on which values depend.
  func sources(of values: [Value?]) -> [String] {
    if origins.isEmpty { return [] }
    var names: Set<String> = []
    for case .computed(let name, _, _)? in values { names.formUnion(origins[name] ?? []) }
    return names.sorted()
  }

  /// The engine's node that computes a value; `nil` for inputs and constants.
  func producer(of value: Value) -> Node? {
    guard case .computed(let name, _, _) = value else { return nil }
    return producers[name].map { graph.nodes[$0] }
  }

  /// Appends a step and hands back its value, or computes it now where all it reads is constant.
  ///
  /// - Parameters:
  ///   - op: the engine's operator.
  ///   - inputs: what it reads.
  ///   - call: the file's node that asks for the step.
  ///   - type: what the file takes the result for; the type of the first input if `nil`.
  ///   - stem: what the step's value is called unless the file has a name for it; like the node's output if `nil`.
  /// - Returns: The value computed.
  /// - Throws: ``ONNXError/malformedNode(node:reason:)`` where the inputs do not fit the operator.
  mutating func add(
    _ op: any Operator, _ inputs: [Value], for call: OperatorCall, as type: ElementType? = nil,
    named stem: String? = nil
  ) throws(ONNXError) -> Value {
    let type = type ?? inputs[0].type
    let shape: [Int]
    do {
      shape = try op.outputShape(of: inputs.map(\.shape))
    } catch {
      let given = joined(inputs.map { spelled($0.shape) }, by: ", ", within: 200, kind: "more")
      throw call.malformed("it does not fit inputs of \(given): \(error)")
    }
    guard elementCount(of: shape) != nil else {
      throw .tooLarge(value: call.node.outputs.first ?? call.node.name, shape: shape)
    }
    if shape.contains(0) { throw call.unsupported("its result would be empty (\(spelled(shape)))") }
    let constants = inputs.compactMap(\.constant)
    if constants.count == inputs.count {
      return .constant(try folded(op, constants, type, for: call), name: "")
    }
    var read: [String] = []
    for input in inputs { read.append(name(of: input, for: call)) }
    let output = fresh(stem ?? call.resultName)
    producers[output] = graph.nodes.count
    shapes[output] = shape
    if !origins.isEmpty { origins[output] = Set(read.flatMap { origins[$0] ?? [] }) }
    graph.nodes.append(Node(call.node.name, op, read, to: output))
    return .computed(name: output, shape: shape, type: type)
  }

  /// What an operator makes of constants alone; integers stay integers.
  private func folded(
    _ op: any Operator, _ constants: [Constant], _ type: ElementType, for call: OperatorCall
  ) throws(ONNXError) -> Constant {
    let result: NDArray
    do {
      result = try op.forward(constants.map(\.array))
    } catch {
      throw call.malformed("its constant inputs cannot be computed with: \(error)")
    }
    if type.isReal { return Constant(reals: result.plain()) }
    // The engine's float32 holds integers up to 2²⁴ exactly.
    let bound: Float = 0x1p24
    let isExact = constants.allSatisfy { $0.type.isReal || $0.reals.allSatisfy { abs($0) <= bound } }
    let numbers = result.scalars
    guard isExact, numbers.allSatisfy({ abs($0) <= bound && $0 == $0.rounded() }) else {
      throw call.unsupported("it computes with integers beyond 2²⁴")
    }
    return Constant(integers: numbers.map { Int($0) }, shape: result.shape, type: type)
  }

  /// Gives the values that an importer made the file's names.
  mutating func bind(_ results: [Value], of call: OperatorCall, since firstNode: Int) throws(ONNXError) {
    for output in call.node.outputs.dropFirst(results.count) where !output.isEmpty { uncomputed[output] = call }
    for (output, result) in zip(call.node.outputs, results) where !output.isEmpty {
      guard values[output] == nil else { throw .malformedGraph("it computes '\(output)' twice") }
      switch result {
      case .computed(let temporary, let shape, let type):
        // A result that is some earlier value unchanged keeps that value's name.
        guard let index = producers[temporary], index >= firstNode, producers[output] == nil else {
          values[output] = result
          continue
        }
        rename(temporary, to: output, since: firstNode)
        values[output] = .computed(name: output, shape: shape, type: type)
      case .constant(let constant, let name):
        values[output] = .constant(constant, name: name.isEmpty ? output : name)
      }
    }
  }

  /// Begins a graph inside a node, whose names mean nothing outside; returns what ``leave(to:)`` restores.
  mutating func enter(_ inner: FileGraph, with inputs: [Value]) -> [String: Value] {
    let outside = values
    for name in inner.definedNames { values[name] = nil }
    for (name, constant) in inner.constants { values[name] = .constant(constant, name: "") }
    for (name, input) in zip(inner.inputs, inputs) { values[name] = input }
    return outside
  }

  /// Counts the nodes that branches and loops put in their place, so that loops in loops come to an end.
  mutating func unroll(_ count: Int, for call: OperatorCall) throws(ONNXError) {
    unrolledNodes += count + 1
    if unrolledNodes > 1 << 16 { throw call.unsupported("it and other loops make more than 65536 steps") }
  }

  mutating func leave(to outside: [String: Value]) { values = outside }

  /// - Throws: Where nothing earlier computes the value; `label` names the node that reads it.
  func value(_ name: String, readBy label: String) throws(ONNXError) -> Value {
    if let value = values[name] { return value }
    if let call = uncomputed[name] {
      throw call.unsupported("its output '\(name)' is read, and only its first is computed")
    }
    throw .malformedNode(node: label, reason: "it reads '\(name)', which nothing before it computes")
  }

  /// The items of a list.
  func sequence(_ name: String, readBy label: String) throws(ONNXError) -> [Value] {
    if let items = sequences[name] { return items }
    throw .unsupportedUse(node: label, reason: "it reads '\(name)', a sequence whose structure is not known beforehand")
  }

  /// Makes a list the node's result.
  mutating func setSequence(_ items: [Value], for call: OperatorCall) {
    for output in call.node.outputs.prefix(1) { sequences[output] = items }
  }

  /// Declares the values the graph is run for, under their own names.
  mutating func finish(outputs names: [String]) throws(ONNXError) {
    for name in names {
      guard values[name] != nil || uncomputed[name] != nil else {
        throw .malformedGraph("nothing computes its output '\(name)'")
      }
      let value = try value(name, readBy: "")
      guard case .computed(let source, _, _) = value else {
        throw .malformedGraph("its output '\(name)' does not depend on any input")
      }
      if source != name { graph.nodes.append(Node("", Identity(), [source], to: name)) }
    }
    graph.outputs = names
    graph = Recognition.simplified(graph, shapes: shapes)
  }

  private mutating func rename(_ old: String, to new: String, since firstNode: Int) {
    for index in firstNode..<graph.nodes.count {
      let node = graph.nodes[index]
      guard node.output == old || node.inputs.contains(old) else { continue }
      let inputs = node.inputs.map { $0 == old ? new : $0 }
      graph.nodes[index] = Node(node.name, node.op, inputs, to: node.output == old ? new : node.output)
    }
    producers[new] = producers.removeValue(forKey: old)
    shapes[new] = shapes.removeValue(forKey: old)
    origins[new] = origins.removeValue(forKey: old)
  }

  /// The name under which the engine finds a value.
  private mutating func name(of value: Value, for call: OperatorCall) -> String {
    switch value {
    case .computed(let name, _, _): return name
    case .constant(let constant, ""):
      let name = fresh("\(call.node.outputs.first ?? call.node.name).constant")
      graph.constants[name] = constant.array
      return name
    case .constant(let constant, let name):
      if graph.constants[name] == nil { graph.constants[name] = constant.array }
      return name
    }
  }

  private mutating func fresh(_ stem: String) -> String { names.insert(fresh: stem) }
}
