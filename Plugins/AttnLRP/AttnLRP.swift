public import AttributionKit

/// AttnLRP: relevance propagation that goes through attention, to what is looked up and to where is looked.
///
///     softmax  s(x)     Rᵢ = xᵢ (Rᵢ − sᵢ Σⱼ Rⱼ)                                  (proposition 3.1)
///     product  O = AV   R_A = A ⊙ (R / (2O + ε)) Vᵀ,  R_V likewise                (proposition 3.3)
///     norm     x / σ    σ is a constant                                           (proposition 3.4)
///
/// Linear layers follow `ε`, or `γ` where it is above zero, against the noise of vision transformers.
public struct AttnLRP: RelevanceMethod {
  public var layer: AttributedLayer
  /// `γ` of convolutions and fully connected layers; zero for `ε`.
  public var gamma: Float

  public init(layer: AttributedLayer = .input, gamma: Float = 0.05) { (self.layer, self.gamma) = (layer, gamma) }

  public func rules(in session: ExplanationSession) throws -> RelevanceRules {
    // The paper's rules for attention and normalisation are what relevance rules do unless they are told otherwise.
    var rules = RelevanceRules(gamma > 0 ? .gamma(gamma) : .epsilon(Self.epsilon), over: session.steps)
    rules.stabilizer = Self.epsilon
    return rules
  }

  /// Small enough not to show: a transformer's features and scores are small themselves, and errors add up.
  private static let epsilon: Float = 1e-9

  public func cost(on model: (any ModelAdapter)?) -> Cost { .walk(under: "attn-lrp \(gamma)") }
}

extension AttnLRP {
  public static let descriptor = MethodDescriptor(
    "attn-lrp", title: "AttnLRP", family: .propagation,
    summary: "Each pixel's share of a transformer's score, by what is looked up and by where it looks.",
    citation: "Achtibat et al., ICML 2024, arXiv:2402.05602", needs: [.gradients, .attentionWeights],
    prototype: AttnLRP(),
    parameters: [
      .layer(\.layer),
      Parameter(
        "gamma", \.gamma, help: "how much linear layers favour what agrees with a unit's sign; zero for LRP-ε",
        expected: "a number from zero"
      ) { $0 >= 0 && $0.isFinite },
    ])
}

extension Need {
  /// A softmax within the network, whose weights relevance must go through.
  public static let attentionWeights = Need("attention-weights", words: "attention") { _, model in
    model.layers.contains { $0.operatorName == "Softmax" }
      ? nil : "the network has no softmax before its answer; use lrp, which needs none"
  }
}
