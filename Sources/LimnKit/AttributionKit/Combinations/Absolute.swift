import Tensors

/// How much each position matters, for or against the score.
///
///     M = |m|
///
/// Source: Simonyan et al., ICLR workshop 2014, arXiv:1312.6034, section 3.1, of the gradient.
public struct Absolute: AttributionMethod {
  public let method: any AttributionMethod

  public init(_ method: any AttributionMethod) { self.method = method }

  public var parts: [any AttributionMethod] { [method] }

  public func attribution(in session: ExplanationSession) throws -> Attribution {
    let inner = try method.attribution(in: session)
    return Attribution(inner.values.magnitudes(), at: inner.layer, facts: inner.facts.withoutSums())
  }
}
