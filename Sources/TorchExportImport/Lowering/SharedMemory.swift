/// Which values show the memory of others, so that what overwrites one changes all of them.
struct SharedMemory {
  private var owners: [String: String] = [:]
  private var nodes: [String: [ProgramNode]] = [:]

  /// The value whose memory another shows; itself where it has its own.
  func owner(of value: String) -> String { owners[value] ?? value }

  /// The operators that show the memory of a value, in their order.
  func views(of owner: String) -> [ProgramNode] { nodes[owner] ?? [] }

  /// Takes note of an operator that has been lowered.
  mutating func note(_ node: ProgramNode, in graph: ProgramGraph) {
    guard OperatorTable.isView(node), !OperatorTable.overwrites(node),
      let source = node.arguments.first?.value.names.first,
      // What does not lie in row-major order is copied by these.
      !OperatorTable.copiesWhereUnordered(node) || graph.isRowMajor(source)
    else { return }
    let owner = owner(of: source)
    nodes[owner, default: []].append(node)
    for result in node.results where !result.isEmpty { owners[result] = owner }
  }

  /// Makes a value one with another.
  mutating func join(_ value: String, to other: String) { owners[value] = owner(of: other) }
}
