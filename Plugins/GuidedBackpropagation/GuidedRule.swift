public import AttributionKit

/// The activation functions that guided backpropagation changes.
public enum GuidedActivations: String, Hashable, Sendable, CaseIterable, LosslessStringConvertible {
  /// The rectifiers; in a network that has none, all of them: an extension of the paper.
  case automatic
  /// Those that are zero for negative inputs, as in the paper.
  case rectifiers
  /// Every one, its own derivative gating the positive cotangents.
  case all

  public init?(_ description: String) { self.init(rawValue: description) }

  public var description: String { rawValue }
}

/// The standard gate and the deconvnet's at once: the positive cotangents, times the derivative.
public struct GuidedRule: GradientRule {
  public let guidesEveryActivation: Bool

  public init(guiding activations: GuidedActivations, among steps: [Step]) {
    guidesEveryActivation =
      switch activations {
      case .automatic: !steps.contains { $0.activation == .rectifier }
      case .rectifiers: false
      case .all: true
      }
  }

  public func crossing(_ step: Step) -> Crossing {
    switch step.activation {
    case .rectifier: .derivativeOfPositive
    case .other: guidesEveryActivation ? .derivativeOfPositive : .derivative
    case nil: .derivative
    }
  }
}
