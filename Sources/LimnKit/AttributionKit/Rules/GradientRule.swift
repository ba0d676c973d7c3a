/// How a cotangent crosses the steps of a network on its way from the logits to a layer.
///
/// A rule is data handed to a backward pass rather than a change made to the
/// network: it names the steps it crosses in its own way and leaves the others
/// to their vector–Jacobian product.
public protocol GradientRule: Hashable, Sendable {
  /// How a step is crossed; the same answer for the same step, whenever asked.
  func crossing(_ step: Step) -> Crossing
}

/// Plain reverse-mode differentiation.
public struct StandardRule: GradientRule {
  /// The rule, which has no settings.
  public init() {}

  /// Every operator's own derivative.
  public func crossing(_ step: Step) -> Crossing { .derivative }
}

extension GradientRule where Self == StandardRule {
  /// Every operator's own derivative.
  public static var standard: Self { Self() }
}
