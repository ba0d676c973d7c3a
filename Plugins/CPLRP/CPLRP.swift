public import AttributionKit
import AttnLRPMethod

/// Conservative propagation: relevance propagation that takes where a transformer looks for a constant.
///
///     attention  yⱼ = Σᵢ pᵢⱼ xᵢ         pᵢⱼ constant: Rᵢ = Σⱼ xᵢ pᵢⱼ / Σₖ xₖ pₖⱼ · Rⱼ         (AH rule)
///     norm       y = (x − E[x]) / σ     σ constant                                          (LN rule)
///
/// Nothing goes to queries and keys. It is quieter than AttnLRP, and blind to why a place was looked at.
public struct CPLRP: RelevanceMethod {
  public var layer: AttributedLayer
  /// `γ` of convolutions and fully connected layers; zero for `ε`.
  public var gamma: Float

  public init(layer: AttributedLayer = .input, gamma: Float = 0.05) { (self.layer, self.gamma) = (layer, gamma) }

  public func rules(in session: ExplanationSession) throws -> RelevanceRules {
    var rules = try AttnLRP(gamma: gamma).rules(in: session)
    // Values get all of a product's relevance; what weights get beside it ends at their softmax.
    (rules.matrixProduct, rules.softmax) = (.epsilon(rules.stabilizer), .stop)
    return rules
  }

  public func cost(on model: (any ModelAdapter)?) -> Cost { .walk(under: "cp-lrp \(gamma)") }
}

extension CPLRP {
  public static let descriptor = MethodDescriptor(
    "cp-lrp", title: "CP-LRP", family: .propagation,
    summary: "Each pixel's share of a transformer's score, by what is looked up alone.",
    citation: "Ali et al., ICML 2022, arXiv:2202.07304", needs: [.gradients, .attentionWeights], prototype: CPLRP(),
    parameters: [
      .layer(\.layer),
      Parameter(
        "gamma", \.gamma, help: "how much linear layers favour what agrees with a unit's sign; zero for LRP-ε",
        expected: "a number from zero"
      ) { $0 >= 0 && $0.isFinite },
    ])
}
