public import AttributionKit
import Tensors

/// The input times its gradient: what each pixel contributes to the score, were the network linear.
///
///     M = x ⊙ ∂y/∂x
public struct InputXGradient: AttributionMethod {
  public init() {}

  public func attribution(in session: ExplanationSession) throws -> Attribution {
    Attribution(session.input * (try session.inputGradient()), at: session.inputLayer)
  }
}

extension InputXGradient {
  public static let descriptor = MethodDescriptor(
    "input-x-gradient", title: "Input × gradient",
    family: .gradients, summary: "Each pixel's contribution to the score, to first order.",
    citation: "Shrikumar et al., 2016, arXiv:1605.01713", needs: [.gradients], prototype: InputXGradient())
}
