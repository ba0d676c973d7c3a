public import AttributionKit

/// The gradient of the score by the pixels: where a small change would matter most.
///
///     M = ∂y/∂x
public struct Gradient: AttributionMethod {
  public init() {}

  public func attribution(in session: ExplanationSession) throws -> Attribution {
    Attribution(try session.inputGradient(), at: session.model.input)
  }
}

extension Gradient {
  public static let descriptor = MethodDescriptor(
    "gradient", title: "Gradient", summary: "Pixels whose small changes would change the score most.",
    citation: "Simonyan et al., ICLR workshop 2014, arXiv:1312.6034", needs: .gradients, prototype: Gradient())
}
