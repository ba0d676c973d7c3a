/// A gradient rule by name, for `gradient(rule=NAME)`.
public struct RuleDescriptor: Sendable {
  /// The name users type, in lower case with hyphens.
  public let identifier: String
  /// What the rule does to a cotangent, in one sentence.
  public let summary: String
  public let rule: any GradientRule

  public init(_ identifier: String, summary: String, rule: any GradientRule) {
    self.identifier = identifier
    self.summary = summary
    self.rule = rule
  }

  /// Every operator's own derivative.
  public static let standard = RuleDescriptor(
    "standard", summary: "Every operator's own derivative.", rule: StandardRule())
}

extension RuleDescriptor: CustomStringConvertible {
  public var description: String { identifier }
}
