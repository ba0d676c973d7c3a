/// A method on the same network with weights drawn anew: a control that it must differ from to say anything about what
/// the network has learnt.
///
///     M = m of f_θ′,   θ′ the weights θ with those of some layers drawn anew
///
/// The input, the class and the layers stay. Source: the model parameter randomisation test of Adebayo et al., "Sanity
/// checks for saliency maps", NeurIPS 2018, arXiv:1810.03292, section 3.
public struct Randomized: AttributionMethod {
  public let method: any AttributionMethod
  /// The layers whose weights are drawn anew.
  public var layers: Randomization
  /// Decides the weights.
  public var seed: UInt64

  public init(_ method: any AttributionMethod, layers: Randomization = .all, seed: UInt64 = 0) {
    self.method = method
    self.layers = layers
    self.seed = seed
  }

  /// A forward pass, and those of the method, which shares no walk with the session on the network itself.
  public func cost(on model: (any ModelAdapter)?) -> Cost { method.cost(on: model).repeated(onInputs: 1) }

  /// - Throws: ``AttributionError/cannotRandomize``, ``AttributionError/noWeights(_:nearest:)``,
  ///   ``AttributionError/ambiguousLayer(_:candidates:)``; what the method throws.
  public func attribution(in session: ExplanationSession) throws -> Attribution {
    let twin = try session.randomized(layers, seed: seed), inner = try method.attribution(in: twin)
    let drawn = try layers.layers(of: session.model)
    let words = drawn.count == 1 ? "the weights of '\(drawn[0].name)'" : "the weights of \(drawn.count) layers"
    return Attribution(
      inner.values, at: inner.layer,
      facts: inner.facts
        + [
          .remark(
            "\(words) are drawn anew: the score is \(twin.score.value), on the network's own \(session.score.value)")
        ])
  }
}

extension MethodExpression {
  /// The method on the same network with the weights of some layers drawn anew.
  ///
  /// - Throws: ``AttributionError/unusableParameter(_:value:method:expected:)`` where the layers cannot be written.
  public func randomized(_ layers: Randomization = .all, seed: UInt64 = 0) throws -> MethodExpression {
    try CombinationDescriptor.randomized.applied(to: [self], ["layers": layers.description, "seed": "\(seed)"])
  }
}
