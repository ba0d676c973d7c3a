import GraphEngine

/// Which of a network's outputs is the answer.
public enum OutputChoice: Sendable {
  /// One of them, why, and what the others hold.
  case taken(OutputReading, because: String, others: [OutputReading])
  /// Several that could be, of which only the user knows.
  case ambiguous([OutputReading])

  /// Chooses among the readings of all outputs, in the file's order.
  ///
  /// - Parameters:
  ///   - readings: one for each output, at least one.
  ///   - labelCount: how many classes the user named; `nil` where nobody named any.
  public init(among readings: [OutputReading], labelCount: Int?) {
    func take(_ index: Int, _ reason: String) -> OutputChoice {
      .taken(readings[index], because: reason, others: readings.indices.filter { $0 != index }.map { readings[$0] })
    }
    guard readings.count > 1 else {
      self = take(0, "the only output")
      return
    }
    let named = readings.indices.filter { readings[$0].classCount == labelCount && readings[$0].isVector }
    if let labelCount, named.count == 1 {
      self = take(named[0], "as many numbers as there are names, \(labelCount)")
      return
    }
    let pool = named.isEmpty ? Array(readings.indices) : named
    let vectors = pool.filter { readings[$0].isVector }
    let eligible = vectors.isEmpty ? pool : vectors
    // Behind names such as `boxes` and `features` is no answer, whatever they end in.
    let sensible = eligible.filter { !readings[$0].isNamedBesides }
    let candidates = sensible.isEmpty ? eligible : sensible
    guard let best = candidates.map({ readings[$0].ending }).min() else {
      self = .ambiguous(readings)
      return
    }
    let finest = candidates.filter { readings[$0].ending == best }
    // Values and places of a TopK, say, are the same scores.
    let answers = Set(finest.map { readings[$0].logits })
    // What would have been as good but for its name: a file may have it wrong.
    let passedOver = eligible.filter { !candidates.contains($0) && readings[$0].ending <= best }
      .map { "'\(elided(readings[$0].output, to: 60))'" }
    let names = joined(passedOver, by: ", ", within: 150, kind: "more")
    let isOne = passedOver.count == 1
    let besides =
      passedOver.isEmpty
      ? "" : "; \(names) \(isOne ? "is" : "are") passed over for \(isOne ? "its name" : "their names")"
    if finest.count == 1 || answers.count == 1 {
      self = take(
        finest[0],
        best.reason(isVector: readings[finest[0]].isVector, isOnlyVector: vectors.count == 1 && pool.count > 1)
          + besides)
      return
    }
    let wellNamed = finest.filter { readings[$0].isNamedAnswer }
    if wellNamed.count == 1 {
      self = take(wellNamed[0], "since its name says so" + besides)
      return
    }
    self = .ambiguous(finest.map { readings[$0] })
  }
}

extension OutputReading.Ending {
  fileprivate func reason(isVector: Bool, isOnlyVector: Bool) -> String {
    switch self {
    case .softmax: "the one that ends in a softmax"
    case .sigmoid: "the one that ends in a sigmoid"
    case .linear: isVector ? "the one that ends in a linear layer" : "the one that ends in a convolution"
    case .other: isOnlyVector ? "the only row of numbers" : "the only one that may be"
    }
  }
}

extension OutputReading {
  private func isNamed(_ words: [String]) -> Bool {
    let name = output.lowercased()
    return words.contains { name.contains($0) }
  }

  /// Whether the name says that this is the answer.
  fileprivate var isNamedAnswer: Bool {
    isNamed(["logit", "prob", "class", "score", "softmax", "label", "pred", "answer"]) && !isNamedBesides
  }

  /// Whether the name says that this is something beside the answer.
  fileprivate var isNamedBesides: Bool {
    isNamed([
      "box", "landmark", "feature", "embed", "hidden", "aux", "anchor", "proto", "attention", "pool", "offset", "delta",
      "point", "gate", "weight",
    ])
  }
}
