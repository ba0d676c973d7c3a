public import AttributionKit

/// Guided backpropagation: the input gradient, with activation functions passing only positive cotangents.
///
///     v ↦ max(0, v)·1[x > 0]   at every rectifier                           (section 3.4, figure 1)
public struct GuidedBackpropagation: AttributionMethod {
  public var activations: GuidedActivations

  public init(activations: GuidedActivations = .automatic) { self.activations = activations }

  /// - Throws: ``AttributionError/nothingToGuide(method:activations:)`` where the result would be the plain gradient.
  public func attribution(in session: ExplanationSession) throws -> Attribution {
    let rule = GuidedRule(guiding: activations, among: session.steps)
    let coverage = RuleCoverage(of: rule, over: session.steps)
    guard coverage.crossed > 0 else {
      throw AttributionError.nothingToGuide(method: "guided-backprop", activations: coverage.activations)
    }
    let gradient = try session.inputGradient(under: rule)
    return Attribution(gradient, at: session.inputLayer, facts: [.coverage(coverage)])
  }

  public func cost(on model: (any ModelAdapter)?) -> Cost { .walk(under: "guided-backprop \(activations)") }
}

extension GuidedBackpropagation {
  public static let descriptor = MethodDescriptor(
    "guided-backprop", title: "Guided backpropagation",
    family: .gradients, summary: "Pixels that excite the score through units that are active, in fine detail.",
    citation: "Springenberg et al., ICLR workshop 2015, arXiv:1412.6806", needs: [.gradients, .guidedActivations],
    prototype: GuidedBackpropagation(),
    parameters: [
      Parameter(
        "activations", \.activations, help: "the activation functions that pass only positive cotangents",
        expected: "automatic, rectifiers or all")
    ])
}

extension Need {
  /// Activation functions to guide: rectifiers, or others where those are meant.
  public static let guidedActivations = activations("guided-activations", words: "activation functions to guide") {
    method, steps in
    GuidedRule(guiding: (method as? GuidedBackpropagation)?.activations ?? .automatic, among: steps)
  }
}
