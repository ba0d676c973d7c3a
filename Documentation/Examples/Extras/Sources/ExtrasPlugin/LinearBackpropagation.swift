public import AttributionKit

/// Gradients that cross rectifiers as if they were not there.
///
/// Source: Guo, Li and Chen, NeurIPS 2020, arXiv:2012.03528.
public struct LinearBackpropagation: GradientRule {
  public init() {}

  public func crossing(_ step: Step) -> Crossing {
    step.activation == .rectifier ? .replaced { cotangent in cotangent } : .derivative
  }
}

extension LinearBackpropagation {
  public static let descriptor = RuleDescriptor(
    "linear", summary: "Rectifiers are crossed as if they were not there.", rule: LinearBackpropagation())
}
