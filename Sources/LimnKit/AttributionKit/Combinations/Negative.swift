import Tensors

/// What speaks against the score.
///
///     M = −m
///
/// All signs are turned and nothing is left out: what spoke against the score is now what pictures and products take
/// for evidence. Source: the counterfactual explanations of Selvaraju et al., "Grad-CAM", ICCV 2017,
/// arXiv:1610.02391, section 3.3, for any method.
public struct Negative: AttributionMethod {
  public let method: any AttributionMethod

  public init(_ method: any AttributionMethod) { self.method = method }

  public var parts: [any AttributionMethod] { [method] }

  public func attribution(in session: ExplanationSession) throws -> Attribution {
    let inner = try method.attribution(in: session)
    return Attribution(-inner.values, at: inner.layer, facts: inner.facts.negated())
  }
}
