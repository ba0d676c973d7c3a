extension [FileNode] {
  /// The nodes, each after those whose results it reads: as files should list them, and some converters do not that put
  /// casts at the end.
  ///
  /// Nodes that are in order stay where they are. So do all where some wait for each other, which is told when they are
  /// read.
  func inOrder() -> [FileNode] {
    var producers: [String: Int] = [:]
    for (index, node) in enumerated() { for name in node.outputs where !name.isEmpty { producers[name] = index } }
    let sources = indices.map { index in self[index].reads.compactMap { producers[$0] }.filter { $0 != index } }
    if indices.allSatisfy({ index in sources[index].allSatisfy { $0 < index } }) { return self }
    var (order, isPlaced, isOpen): ([Int], [Bool], [Bool]) = (
      [], Array<Bool>(repeating: false, count: count), Array<Bool>(repeating: false, count: count)
    )
    for root in indices where !isPlaced[root] {
      var stack = [root]
      while let index = stack.last {
        let waiting = isPlaced[index] ? [] : sources[index].filter { !isPlaced[$0] }
        if waiting.isEmpty {
          if !isPlaced[index] { order.append(index) }
          isPlaced[index] = true
          stack.removeLast()
        } else {
          // Opened before and still waiting: for itself.
          guard !isOpen[index] else { return self }
          isOpen[index] = true
          stack.append(contentsOf: waiting.reversed())
        }
      }
    }
    return order.map { self[$0] }
  }
}
