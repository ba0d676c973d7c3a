/// How many of a network's activation functions a rule crossed in its own way.
public struct RuleCoverage: Hashable, Sendable {
  /// Those that the rule leaves to no derivative.
  public let crossed: Int
  /// All of the network's.
  public let activations: Int

  /// Counts among the steps of a pass.
  public init(of rule: some GradientRule, over steps: [Step]) {
    let activations = steps.filter { $0.activation != nil }
    self.activations = activations.count
    crossed =
      activations.count { step in
        if case .derivative = rule.crossing(step) { false } else { true }
      }
  }
}
