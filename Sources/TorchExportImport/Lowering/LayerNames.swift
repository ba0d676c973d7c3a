/// What values are called: as the owner of the network calls the module that computes them.
///
/// The last value that a module computes bears its path, `layer4.2.relu`; where that is the last of the module around it,
/// too, `layer4.2`, the inner name stays. Of a module that is called several times the last call's value is meant; earlier
/// calls add their number, `layer4.2.relu@1`, and what is computed within a module the value's own name:
/// `blocks.0.attn/softmax`.
struct LayerNames {
  private var names: [String: String] = [:]

  init(of graph: ProgramGraph) {
    var last: [String: Int] = [:]
    var calls: [String: [String]] = [:]
    for (index, node) in graph.nodes.enumerated() where node.outputs.contains(where: { $0.name != nil }) {
      for module in node.modules where !module.path.isEmpty {
        last[module.call] = index
        if calls[module.path]?.contains(module.call) != true { calls[module.path, default: []].append(module.call) }
      }
    }
    for (index, node) in graph.nodes.enumerated() {
      guard let value = node.results.first, !value.isEmpty else { continue }
      guard let module = node.modules.last, !module.path.isEmpty else {
        names[value] = value
        continue
      }
      var path = module.path
      if let all = calls[module.path], let place = all.firstIndex(of: module.call), place < all.count - 1 {
        path += "@\(place + 1)"
      }
      names[value] = last[module.call] == index ? path : "\(path)/\(value)"
    }
  }

  /// What a value of the program is called.
  func name(of value: String) -> String { names[value] ?? value }
}
