public import AttributionKit
public import Tensors

/// Excitation backpropagation: how probably a random walk that starts at the class and goes down excitatory connections,
/// in proportion to what they carry, comes to each place.
///
///     P(aᵢ) = Σⱼ P(aᵢ | aⱼ) P(aⱼ),    P(aᵢ | aⱼ) = âᵢ w⁺ᵢⱼ / Σₖ âₖ w⁺ₖⱼ                      (sections 3.1, 3.2)
///
/// The contrastive form subtracts at the top what a unit with the class's weights negated would win, and so leaves what is
/// the class's own (section 3.3). The map is the sum over the layer's channels.
public struct ExcitationBackprop: LayerMethod {
  public var targetLayer: TargetLayer
  public var isContrastive: Bool
  /// Whether positive biases excite, too, and keep what they win.
  public var includesBias: Bool

  public init(targetLayer: TargetLayer = .automatic, isContrastive: Bool = false, includesBias: Bool = false) {
    self.targetLayer = targetLayer
    self.isContrastive = isContrastive
    self.includesBias = includesBias
  }

  public func map(on layer: Layer, in session: ExplanationSession) throws -> Tensor {
    try session.gradient(at: layer, under: rules(over: session.steps)).channelSum()
  }

  /// The rules as relevance: winning probability is shared out as z⁺ shares relevance out, without a bias.
  public func rules(over steps: [Step]) -> RelevanceRules {
    let exciting = Relevance.zPlus.withoutBias()
    var rules = RelevanceRules(includesBias ? .zPlus : exciting, over: steps)
    (rules.sum, rules.affine, rules.layerNormalization) = (exciting, .pass, .pass)
    // w⁺ gets the probability of one, w⁻ that of the dual unit, which is taken away.
    if isContrastive { rules.last = Relevance.alphaBeta(1, 1).withoutBias() }
    return rules
  }

  public func cost(on model: (any ModelAdapter)?) -> Cost {
    .walk(under: "excitation-backprop \(isContrastive) \(includesBias)")
  }
}

extension ExcitationBackprop {
  public static let descriptor = MethodDescriptor(
    "excitation-backprop", title: "Excitation backpropagation", family: .propagation,
    summary: "Places that feed the class through connections that excite, by how much they carry.",
    citation: "Zhang et al., ECCV 2016, arXiv:1608.00507", needs: [.gradients, .spatialLayer],
    prototype: ExcitationBackprop(),
    parameters: [
      .layer(\.targetLayer),
      Parameter(
        "contrastive", \.isContrastive, help: "whether what excites the opposite of the class is taken away",
        expected: "true or false"),
      Parameter(
        "bias", \.includesBias, help: "whether positive biases excite, too, and keep what they win",
        expected: "true or false"),
    ])
}
