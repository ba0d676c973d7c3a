import GraphEngine

/// A set of weights found in a checkpoint.
struct FoundWeights {
  var tensors: [String: FileTensor] = [:]
  /// Where it was, `state_dict`; empty for the checkpoint itself.
  var place: [String]
  /// The class of the module, where a whole one was saved.
  var className: String?
  /// The layers of such a module, each before its parts, the whole first.
  var modules: [SavedModule] = []
}

extension TorchCheckpoint {
  /// The names under which training scripts keep the weights, the first first.
  private static let usual = [
    "state_dict", "model_state_dict", "model", "net", "network", "model_state", "module", "params", "weights",
    "backbone", "encoder", "teacher", "student", "ema", "model_ema", "state_dict_ema", "ema_state_dict", "params_ema",
  ]

  /// The weights among all that a checkpoint holds: the largest set of tensors, of equals the one under the usual name.
  ///
  /// - Throws: ``NetworkError/malformedCheckpoint(_:reason:)``, where there are none.
  func weights() throws(NetworkError) -> (FoundWeights, others: [String]) {
    var found: [FoundWeights] = [], seen: Set<Int> = []
    try search(data.root, at: [], into: &found, &seen)
    func rank(_ place: [String]) -> Int {
      place.last.map { Self.usual.firstIndex(of: $0) ?? Self.usual.count } ?? -1
    }
    found.sort {
      ($1.tensors.count, rank($0.place), $0.place.count) < ($0.tensors.count, rank($1.place), $1.place.count)
    }
    guard let best = found.first, best.tensors.count > 1 else {
      throw .malformedCheckpoint(path, reason: contents(found.first))
    }
    let others = found.dropFirst().filter { 2 * $0.tensors.count > best.tensors.count }
    return (best, others.map { $0.place.joined(separator: ".") })
  }

  private func search(
    _ value: PickleValue, at place: [String], into found: inout [FoundWeights], _ seen: inout Set<Int>
  ) throws(NetworkError) {
    // What several places share is looked at once.
    guard case .node(let number) = value, place.count < 8, seen.insert(number).inserted else { return }
    if let module = module(value) {
      var weights = FoundWeights(place: place, className: module.className)
      try collect(module, under: "", into: &weights, depth: 0, &seen)
      if !weights.tensors.isEmpty { found.append(weights) }
      return
    }
    if let pairs = data.pairs(value) {
      var weights = FoundWeights(place: place)
      for (key, value) in pairs {
        if let tensor = try tensor(value, called: key) {
          weights.tensors[key] = tensor
        } else if !place.isEmpty || !key.hasPrefix("optim") {
          try search(value, at: place + [key], into: &found, &seen)
        }
      }
      if !weights.tensors.isEmpty { found.append(weights) }
    } else if let node = data[value], node.kind == .sequence, node.items.count <= 16 {
      for (index, item) in node.items.enumerated() {
        try search(item, at: place + ["\(index)"], into: &found, &seen)
      }
    } else if let node = data[value], node.kind == .record {
      // A class of its own that keeps the weights, an exponential average perhaps.
      try search(node.state, at: place, into: &found, &seen)
    }
  }

  /// The class and the attributes of a module that was saved whole.
  private func module(_ value: PickleValue) -> (className: String, state: PickleValue)? {
    guard let node = data[value], node.kind == .record, data.value("_modules", of: node.state) != nil,
      data.value("_parameters", of: node.state) != nil
    else { return nil }
    let made = data.name(ofGlobal: node.items[0]) ?? ""
    // Python 2's way: copy_reg._reconstructor called with the class.
    let isIndirect = made.hasSuffix("_reconstructor")
    let given = data.sequence(node.items[1])?.first.flatMap(data.name(ofGlobal:))
    return (isIndirect ? given ?? made : made, node.state)
  }

  /// The tensors of a module and those within it, by PyTorch's names, each with what its own module says.
  private func collect(
    _ module: (className: String, state: PickleValue), under prefix: String, into found: inout FoundWeights, depth: Int,
    _ seen: inout Set<Int>
  ) throws(NetworkError) {
    guard depth < 64 else { return }
    var layer = SavedModule(
      at: String(prefix.dropLast()), className: module.className, state: module.state, in: data)
    let place = found.modules.count
    found.modules.append(layer)
    layer.isBare = true
    for part in ["_parameters", "_buffers"] {
      for (key, value) in data.value(part, of: module.state).flatMap(data.pairs) ?? [] {
        guard var tensor = try tensor(value, called: prefix + key) else { continue }
        tensor.layer = layer
        found.tensors[prefix + key] = tensor
        layer.isBare = false
      }
    }
    let parts = data.value("_modules", of: module.state).flatMap(data.pairs) ?? []
    layer.isBare = layer.isBare && parts.isEmpty
    found.modules[place] = layer
    for (key, value) in parts {
      guard case .node(let number) = value, let inner = self.module(value) else { continue }
      if seen.insert(number).inserted {
        try collect(inner, under: prefix + key + ".", into: &found, depth: depth + 1, &seen)
      } else if data.value("_modules", of: inner.state).flatMap(data.pairs)?.isEmpty ?? true {
        // One function may stand in several places.
        var again = SavedModule(at: prefix + key, className: inner.className, state: inner.state, in: data)
        again.isBare = data.value("_parameters", of: inner.state).flatMap(data.pairs)?.isEmpty ?? true
        found.modules.append(again)
      }
    }
  }

  /// Why nothing that is found can be weights.
  private func contents(_ found: FoundWeights?) -> String {
    if let found { return "it holds a single tensor, '\(elided(found.tensors.keys.first ?? "", to: 60))'" }
    if let keys = data.pairs(data.root)?.map(\.key), !keys.isEmpty {
      return "it holds no tensors that PyTorch stores; its keys are "
        + joined(keys.map { elided($0, to: 40) }, by: ", ", within: 160, kind: "more")
    }
    let classes = Set(data.nodes.compactMap(data.callee)).sorted()
    return "it holds no tensors that PyTorch stores"
      + (classes.isEmpty ? "" : "; what it holds is of " + joined(classes, by: ", ", within: 160, kind: "more"))
  }
}
