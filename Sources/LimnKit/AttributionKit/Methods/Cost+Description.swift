extension Cost: CustomStringConvertible {
  /// The passes of its own, in words: "201 forward and 200 backward passes", "none" where there are none.
  public var description: String {
    let parts = [whole].compactMap { $0 } + resumedPasses + passesPerUnit
    return parts.isEmpty ? "none" : parts.joined(separator: "; ")
  }

  /// The passes of the whole network that are counted.
  private var whole: String? {
    switch (forward, backward) {
    case (0, 0): nil
    case (1, 0): "a forward pass"
    case (let forward, 0): "\(forward) forward passes"
    case (0, 1): "a backward pass"
    case (0, let backward): "\(backward) backward passes"
    case (1, 1): "a forward and a backward pass"
    case (let forward, let backward) where forward == backward: "\(forward) forward and backward passes"
    case (let forward, let backward): "\(forward) forward and \(backward) backward \(backward == 1 ? "pass" : "passes")"
    }
  }

  private var resumedPasses: [String] {
    sorted.compactMap { pass, count in
      guard pass.unit == nil, case .resumed(let layer?, let share) = pass.kind else { return nil }
      let passes = count == 1 ? "a pass" : "\(count) passes"
      return "\(passes) of the network after '\(layer)'" + (share < 1 ? ", \(Self.percent(share)) of it" : "")
    }
  }

  private var passesPerUnit: [String] {
    sorted.compactMap { pass, count in
      guard let unit = pass.unit else { return nil }
      let (one, many) =
        switch pass.kind {
        case .forward: ("a forward pass", "forward passes")
        case .backward: ("a backward pass", "backward passes")
        case .resumed: ("a pass of the network after the layer", "passes of the network after the layer")
        }
      return "\(count == 1 ? one : "\(count) \(many)") for each \(unit.words)"
    }
  }

  /// The passes in an order of their own, so that a cost is always told in the same words.
  private var sorted: [(pass: Pass, count: Int)] {
    own.map { (pass: $0.key, count: $0.value) }.sorted { $0.pass.rank < $1.pass.rank }
  }

  private static func percent(_ share: Double) -> String {
    share < 0.01 ? "less than 1 %" : "\(Int((100 * share).rounded())) %"
  }
}

extension Cost.Pass {
  fileprivate var rank: (Int, String, String) {
    switch kind {
    case .forward: (0, "", unit?.words ?? "")
    case .backward: (1, "", unit?.words ?? "")
    case .resumed(let layer, _): (2, layer ?? "", unit?.words ?? "")
    }
  }
}
