public import AttributionKit

/// The deconvnet: the input gradient, with rectifiers gated by the cotangent's sign instead of the activation's.
///
///     v ↦ max(0, v)   at every rectifier                                    (section 2.1, "Rectification")
public struct DeconvNet: AttributionMethod {
  public init() {}

  /// - Throws: ``AttributionError/nothingToGuide(method:activations:)`` for a network without rectifiers.
  public func attribution(in session: ExplanationSession) throws -> Attribution {
    let coverage = RuleCoverage(of: .deconvNet, over: session.steps)
    guard coverage.crossed > 0 else {
      throw AttributionError.nothingToGuide(method: "deconvnet", activations: coverage.activations)
    }
    let gradient = try session.inputGradient(under: .deconvNet)
    return Attribution(gradient, at: session.inputLayer, facts: [.coverage(coverage)])
  }

  public func cost(on model: (any ModelAdapter)?) -> Cost { .walk(under: "deconvnet") }
}

/// Zeiler and Fergus: apply the forward nonlinearity to the signal on its way back.
public struct DeconvNetRule: GradientRule {
  public init() {}

  public func crossing(_ step: Step) -> Crossing { step.activation == .rectifier ? .positive : .derivative }
}

extension GradientRule where Self == DeconvNetRule {
  public static var deconvNet: Self { Self() }
}

extension DeconvNet {
  public static let descriptor = MethodDescriptor(
    "deconvnet", title: "DeconvNet", family: .gradients,
    summary: "The pattern of pixels that would excite the score, whatever was active.",
    citation: "Zeiler & Fergus, ECCV 2014, arXiv:1311.2901", needs: [.gradients, .rectifiers],
    prototype: DeconvNet())
}

extension Need {
  /// Rectifiers, which the rule changes.
  fileprivate static let rectifiers = activations("rectifiers", words: "rectifiers") { _, _ in DeconvNetRule() }
}
