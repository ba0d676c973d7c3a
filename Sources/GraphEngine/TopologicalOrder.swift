/// The nodes of a graph, each after those whose outputs it reads; otherwise in the order the graph lists them.
struct TopologicalOrder {
  private(set) var nodes: [Int] = []

  /// - Throws: ``GraphError/danglingValue(_:node:)``, ``GraphError/cycle(_:)``.
  init(of graph: Graph, values: ValueTable) throws(GraphError) {
    var producer: [String: Int] = [:]
    for (index, node) in graph.nodes.enumerated() { producer[node.output] = index }
    var readers = [[Int]](repeating: [], count: graph.nodes.count)
    var missing = [Int](repeating: 0, count: graph.nodes.count)
    for (index, node) in graph.nodes.enumerated() {
      for input in node.inputs {
        if let source = producer[input] {
          readers[source].append(index)
          missing[index] += 1
        } else if values.ids[input] == nil {
          throw .danglingValue(input, node: node.label)
        }
      }
    }
    // Files list their nodes in order, so that this one sweep is all there is to do; the queue serves the others.
    var ready = graph.nodes.indices.filter { missing[$0] == 0 }
    var next = 0
    while next < ready.count {
      for reader in readers[ready[next]] {
        missing[reader] -= 1
        if missing[reader] == 0 { ready.append(reader) }
      }
      next += 1
    }
    guard ready.count == graph.nodes.count else {
      let stuck = graph.nodes.indices.filter { missing[$0] > 0 }.prefix(4)
      throw .cycle(stuck.map { graph.nodes[$0].label })
    }
    nodes = Self.depthFirst(graph, producer: producer)
  }

  /// Each node right after its last source: keeps few values alive, and equals the listing of a sorted graph.
  private static func depthFirst(_ graph: Graph, producer: [String: Int]) -> [Int] {
    var order: [Int] = []
    var isPlaced = [Bool](repeating: false, count: graph.nodes.count)
    for root in graph.nodes.indices where !isPlaced[root] {
      var stack = [root]
      while let node = stack.last {
        if isPlaced[node] {
          stack.removeLast()
          continue
        }
        let waiting = graph.nodes[node].inputs.compactMap { producer[$0] }.filter { !isPlaced[$0] }
        if waiting.isEmpty {
          isPlaced[node] = true
          order.append(node)
          stack.removeLast()
        } else {
          stack.append(contentsOf: waiting.reversed())
        }
      }
    }
    return order
  }
}
