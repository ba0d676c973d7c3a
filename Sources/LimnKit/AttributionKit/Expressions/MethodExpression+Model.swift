/// What an expression takes, and what it asks of a network.
extension MethodExpression {
  /// What its methods ask of a model, each once, in the order of the methods.
  public var needs: [Need] {
    uses.flatMap(\.descriptor.needs).reduce(into: []) { if !$0.contains($1) { $0.append($1) } }
  }

  /// What it takes beyond the forward pass of the session; see ``AttributionMethod/cost(on:)``.
  public func cost(on model: (any ModelAdapter)? = nil) -> Cost { method.cost(on: model) }

  /// What its methods need and `model` does not have, each once.
  public func unmetNeeds(by model: any ModelAdapter) -> [UnmetNeed] { unmet(by: model).map(\.need) }

  /// - Throws: ``AttributionError/unmetNeed(_:of:reason:)`` for the first need that `model` does not meet.
  func requireNeeds(of model: any ModelAdapter) throws {
    guard let (use, unmet) = unmet(by: model).first else { return }
    throw AttributionError.unmetNeed(unmet.need.words, of: use.descriptor.title, reason: unmet.reason)
  }

  private func unmet(by model: any ModelAdapter) -> [(use: Use, need: UnmetNeed)] {
    var unmet: [(use: Use, need: UnmetNeed)] = []
    for use in uses {
      for need in use.descriptor.needs where !unmet.contains(where: { $0.need.need == need }) {
        guard let reason = need.unmet(by: model, for: use.method) else { continue }
        unmet.append((use, UnmetNeed(need: need, reason: reason)))
      }
    }
    return unmet
  }
}
