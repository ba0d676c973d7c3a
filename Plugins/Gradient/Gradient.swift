public import AttributionKit

/// The gradient of the score by the pixels: where a small change would matter most.
///
///     M = ∂y/∂x
public struct Gradient: AttributionMethod {
  /// How the gradient crosses the network: by its derivatives, or by a rule of a module's own.
  public var rule: RuleDescriptor

  public init(rule: RuleDescriptor = .standard) { self.rule = rule }

  public func attribution(in session: ExplanationSession) throws -> Attribution {
    let gradient = try session.inputGradient(under: rule.rule)
    let isStandard = rule.identifier == RuleDescriptor.standard.identifier
    return Attribution(
      gradient, at: session.inputLayer,
      facts: isStandard ? [] : [.coverage(RuleCoverage(of: rule.rule, over: session.steps))])
  }

  public func cost(on model: (any ModelAdapter)?) -> Cost { .walk(under: rule.identifier) }
}

extension Gradient {
  public static let descriptor = descriptor(rules: [])

  /// The method with `rules` to choose from, besides the derivative itself.
  public static func descriptor(rules: [RuleDescriptor]) -> MethodDescriptor {
    MethodDescriptor(
      "gradient", title: "Gradient", family: .gradients,
      summary: "Pixels whose small changes would change the score most.",
      citation: "Simonyan et al., ICLR workshop 2014, arXiv:1312.6034", needs: [.gradients], prototype: Gradient(),
      parameters: [
        Parameter("rule", \.rule, help: "how the gradient crosses the network", among: [.standard] + rules)
      ])
  }
}
