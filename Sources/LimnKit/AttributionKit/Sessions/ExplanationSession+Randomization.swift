import Synchronization

/// The same question asked of other networks.
extension ExplanationSession {
  /// The same question asked of another network of the same inputs and outputs: the class chosen here stays.
  ///
  /// - Throws: Where the inputs do not fit the network, or the target its outputs.
  public func asked(of model: any ModelAdapter) throws -> ExplanationSession {
    try ExplanationSession(of: model, on: inputs, for: target, by: inputLayer.name, options: options)
  }

  /// The same question asked of the network with some of its weights drawn anew.
  ///
  /// The sessions asked for last are remembered, so that methods share their passes; whoever needs many keeps networks of
  /// its own by ``RandomizableModel/randomized(_:seed:)`` and ``asked(of:)``.
  ///
  /// - Throws: ``AttributionError/cannotRandomize``, ``AttributionError/noWeights(_:nearest:)``,
  ///   ``AttributionError/ambiguousLayer(_:candidates:)``; whatever the model throws.
  public func randomized(_ randomization: Randomization = .all, seed: UInt64 = 0) throws -> ExplanationSession {
    let layers = try randomization.layers(of: model)
    let key = RandomizedSessions.Key(layers: layers, seed: seed)
    if let known = randomizedSessions.withLock({ $0.known[key] }) { return known }
    guard let randomizable = model as? any RandomizableModel else { throw AttributionError.cannotRandomize }
    let session = try asked(of: randomizable.randomized(layers, seed: seed))
    randomizedSessions.withLock { $0.remember(session, as: key) }
    return session
  }
}

/// Sessions on networks whose weights were drawn anew, as many as a cascade is shown in.
struct RandomizedSessions {
  struct Key: Hashable {
    let layers: [Layer]
    let seed: UInt64
  }

  private(set) var known: [Key: ExplanationSession] = [:]
  private var order: [Key] = []
  private static let most = 4

  mutating func remember(_ session: ExplanationSession, as key: Key) {
    guard known.updateValue(session, forKey: key) == nil else { return }
    order.append(key)
    if order.count > Self.most { known[order.removeFirst()] = nil }
  }
}
