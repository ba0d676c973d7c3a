import GraphEngine
import Kernels

/// Walks a program's operators in their order and lowers each.
struct ProgramLowering {
  var graph: Lowering
  private let names: LayerNames
  /// How many operators were lowered, those of graphs inside of operators included.
  private var count = 0

  init(_ graph: Lowering, names: LayerNames) { (self.graph, self.names) = (graph, names) }

  /// Lowers a graph, its inputs being known already.
  mutating func lower(_ program: ProgramGraph) throws(TorchExportError) {
    // The last operator that reads each value, to know what a value that is overwritten still matters to.
    var lastRead: [String: Int] = [:]
    for (index, node) in program.nodes.enumerated() {
      for argument in node.arguments { for name in argument.value.names { lastRead[name] = index } }
    }
    for output in program.outputs { for name in output.names { lastRead[name] = program.nodes.count } }
    var memory = SharedMemory()
    for (index, node) in program.nodes.enumerated() {
      count += 1
      guard count <= 1 << 18 else { throw .malformed(reason: "it has more than 262144 operators") }
      let results = try results(of: node)
      memory.note(node, in: program)
      guard OperatorTable.overwrites(node), let target = node.arguments.first?.value.name, let result = results.first
      else { continue }
      let owner = memory.owner(of: target)
      let isShared = lastRead.contains { name, read in
        name != target && read > index && memory.owner(of: name) == owner && graph.values[name] != nil
          && !node.results.contains(name)
      }
      if isShared { try overwrite(target, by: result, in: memory, at: node) }
      graph.set(target, to: result)
      for name in node.results { memory.join(name, to: target) }
    }
  }

  /// Lets all that shows the memory of a value that an operator overwrites see the change.
  private mutating func overwrite(
    _ target: String, by result: Value, in memory: SharedMemory, at node: ProgramNode
  ) throws(TorchExportError) {
    let owner = memory.owner(of: target)
    let call = Call(node, layer: names.name(of: node.results.first ?? target), [])
    guard case .tensor(let whole)? = graph.values[owner], case .tensor(let part) = result else {
      throw call.unsupported("it overwrites what is no tensor")
    }
    var changed = part
    if owner != target {
      let size = whole.shape.reduce(1, *)
      guard size <= 1 << 24 else { throw call.unsupported("it overwrites a part of a very large array") }
      // Numbered elements, shown as the target shows the memory, are the places that it stands for.
      let kept = graph.values
      graph.set(
        owner, to: .tensor(TensorValue(NDArray((0..<size).map { Float($0) }, shape: whole.shape), kind: .integer)))
      try replay(memory.views(of: owner))
      guard case .tensor(let numbered)? = graph.values[target], let places = numbered.integers else {
        throw call.unsupported("what it overwrites depends on the image")
      }
      graph.restore(kept)
      if part.shape != numbered.shape { changed = try graph.add(Expand(to: numbered.shape), [part], for: call) }
      changed = try graph.add(Scattering(.replace, places: places), [whole, changed], for: call, as: whole.kind)
    }
    graph.set(owner, to: .tensor(changed))
    try replay(memory.views(of: owner))
  }

  private mutating func replay(_ views: [ProgramNode]) throws(TorchExportError) {
    for view in views { _ = try results(of: view) }
  }

  /// Lowers an operator and gives its results their names.
  private mutating func results(of node: ProgramNode) throws(TorchExportError) -> [Value] {
    let layer = names.name(of: node.results.first { !$0.isEmpty } ?? node.target)
    var arguments: [(name: String, value: Value)] = []
    for argument in node.arguments {
      arguments.append((argument.name, try value(argument.value, readBy: node.operatorName)))
    }
    let first = graph.graph.nodes.count
    var values: [Value]
    if node.target.hasPrefix("higher_order.wrap_with") || node.target.hasPrefix("higher_order.wrap") {
      values = try inlined(node, arguments.map(\.value))
    } else {
      let call = Call(node, layer: layer, arguments, widening: graph.widening)
      guard let lower = OperatorTable.importer(of: node) else {
        throw .unsupported([UnsupportedTarget(name: node.operatorName, layer: layer, count: 1)])
      }
      values = try lower(call, &graph)
    }
    // Several results are named one by one, or as a list.
    if node.outputs.count == 1, case .tensors(let list) = node.outputs[0], values.count == 1,
      case .list(let parts) = values[0]
    {
      for (name, part) in zip(list, parts) { graph.set(name, to: part) }
      return values
    }
    if node.outputs.count == 1, values.count > 1, case .tensors(let list) = node.outputs[0] {
      for (name, part) in zip(list, values) { graph.set(name, to: part) }
      return [.list(values)]
    }
    for (index, output) in node.outputs.enumerated() {
      guard let name = output.name, !name.isEmpty, values.indices.contains(index) else { continue }
      if case .tensor(let tensor) = values[index] {
        values[index] = .tensor(graph.rename(tensor, to: names.name(of: name), since: first))
      }
      graph.set(name, to: values[index])
    }
    return values
  }

  /// The graph inside of an operator, such as what runs without gradients, in its place.
  private mutating func inlined(_ node: ProgramNode, _ arguments: [Value]) throws(TorchExportError) -> [Value] {
    guard let place = arguments.firstIndex(where: { if case .graph = $0 { true } else { false } }),
      case .graph(let inner) = arguments[place]
    else { throw .unsupported([UnsupportedTarget(name: node.operatorName, layer: node.target, count: 1)]) }
    var given = Array(arguments[(place + 1)...])
    if given.count == 1, inner.inputs.count > 1, case .list(let list) = given[0] { given = list }
    guard given.count >= inner.inputs.count else {
      throw .malformedNode(node: node.operatorName, reason: "its graph is given \(given.count) values")
    }
    for (name, value) in zip(inner.inputs, given) { graph.set(name, to: value) }
    try lower(inner)
    var results: [Value] = []
    for output in inner.outputs { results.append(try value(output, readBy: node.operatorName)) }
    return results
  }

  private func value(_ argument: Argument, readBy label: String) throws(TorchExportError) -> Value {
    switch argument {
    case .none: return .none
    case .tensor(let name), .symbol(let name): return try graph.value(name, readBy: label)
    case .tensors(let names):
      var list: [Value] = []
      for name in names { list.append(try graph.value(name, readBy: label)) }
      return .list(list)
    case .optionalTensors(let names):
      var list: [Value] = []
      for name in names {
        guard let name else {
          list.append(.none)
          continue
        }
        list.append(try graph.value(name, readBy: label))
      }
      return .list(list)
    case .integer(let number): return .integer(number)
    case .real(let number): return .real(number)
    case .truth(let truth): return .truth(truth)
    case .text(let text): return .text(text)
    case .elementType(let type): return .elementType(type)
    case .list(let arguments):
      var list: [Value] = []
      for argument in arguments { list.append(try value(argument, readBy: label)) }
      return .list(list)
    case .graph(let graph): return .graph(graph)
    case .other: return .none
    }
  }
}

extension ProgramGraph {
  /// Every operator that is not known, those of graphs inside of operators included.
  func unsupported(named names: LayerNames) -> [UnsupportedTarget] {
    var found: [(name: String, layer: String, count: Int)] = []
    func visit(_ graph: ProgramGraph) {
      for node in graph.nodes {
        var hasGraph = false
        for argument in node.arguments {
          if case .graph(let inner) = argument.value {
            hasGraph = true
            visit(inner)
          }
        }
        if node.target.hasPrefix("higher_order.wrap"), hasGraph { continue }
        guard OperatorTable.importer(of: node) == nil else { continue }
        if let place = found.firstIndex(where: { $0.name == node.operatorName }) {
          found[place].count += 1
        } else {
          found.append((node.operatorName, names.name(of: node.results.first ?? node.target), 1))
        }
      }
    }
    visit(self)
    return found.map { UnsupportedTarget(name: $0.name, layer: $0.layer, count: $0.count) }
  }
}
