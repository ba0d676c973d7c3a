/// Why a rule cannot cross a step.
public enum RuleError: Error, Hashable {
  /// A cotangent cannot pass unchanged, since no input has the shape of the output.
  case changesShape(step: String)
  /// A rule's own computation gave not one cotangent for each input, in the input's shape.
  case wrongResult(step: String)
  /// The rule takes parts of weights, and the step has none, or its adapter does not hand them out.
  case needsWeights(step: String)
  /// The rule asks what a step makes of other values, and the adapter runs no single steps.
  case cannotEvaluate(step: String)
  /// A bound for each channel of an input with another number of channels.
  case wrongBounds(step: String, bounds: Int, channels: Int)
}

extension RuleError: CustomStringConvertible {
  /// What is wrong, in words.
  public var description: String {
    switch self {
    case .changesShape(let step): "nothing passes '\(step)' unchanged, which changes the shape of what it reads"
    case .wrongResult(let step):
      "the rule's own computation at '\(step)' must give one cotangent for each input, in its shape"
    case .needsWeights(let step):
      "the rule takes parts of the weights of '\(step)', which has none that it hands out: cross it by epsilon or pass"
    case .cannotEvaluate(let step): "the network's adapter does not run '\(step)' by itself on other values"
    case .wrongBounds(let step, let bounds, let channels):
      "\(bounds) bounds do not fit the \(channels) channels that '\(step)' reads: give one, or one for each"
    }
  }
}
