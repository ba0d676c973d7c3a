public import AttributionKit

/// The networks beside which methods are shown as a control: this one with weights drawn anew.
public enum RandomizedWeights: Hashable, Sendable {
  /// With those of some layers.
  case of(Randomization)
  /// With those of more and more layers, from the output down to all of them, in four steps.
  case cascade

  /// What a text means: `all`, `cascade`, `cascade:LAYER`, or the name of a layer.
  public init(_ text: String) { self = text == "cascade" ? .cascade : .of(Randomization(text)) }

  /// The layers of each network, from the one that is most like the model.
  ///
  /// - Parameter model: the network whose weights are drawn anew.
  /// - Returns: One for each network.
  /// - Throws: ``ExplainingError`` for a layer without weights, or a network that has none.
  public func randomizations(of model: any ModelAdapter) throws(ExplainingError) -> [Randomization] {
    try explaining {
      guard case .of(let randomization) = self else {
        let layers = try Randomization.all.layers(of: model), last = layers.count - 1
        let steps = [0, last / 3, 2 * last / 3].map { Randomization.cascade(to: layers[$0].name) }
        return (steps + [.all]).reduce(into: []) { if !$0.contains($1) { $0.append($1) } }
      }
      _ = try randomization.layers(of: model)
      return [randomization]
    }
  }
}

extension Explainer {
  /// Methods, each followed by itself on networks whose weights are drawn anew.
  ///
  /// - Parameters:
  ///   - methods: what is shown.
  ///   - weights: the networks beside which it is shown; without any, the methods are returned as they are.
  ///   - seed: decides the weights.
  /// - Returns: The methods, in the order written.
  /// - Throws: ``ExplainingError`` for a layer without weights, or a network that has none.
  public func controlled(
    _ methods: [MethodExpression], by weights: [RandomizedWeights], seed: UInt64 = 0
  ) throws(ExplainingError) -> [MethodExpression] {
    var randomizations: [Randomization] = []
    for weights in weights { randomizations += try weights.randomizations(of: model) }
    return try explaining {
      try methods.flatMap { method in
        try [method] + randomizations.map { try method.randomized($0, seed: seed) }
      }
    }
  }
}
