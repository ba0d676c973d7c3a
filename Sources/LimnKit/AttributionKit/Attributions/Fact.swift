/// One thing that an attribution says about itself, beside its values.
public enum Fact: Hashable, Sendable {
  /// How many activation functions a gradient rule of the method's own crossed.
  case coverage(RuleCoverage)
  /// Whether the values add up to a difference of scores, as they should.
  case completeness(Completeness)
  /// What people should know before they believe the values: a clause without capital or full stop.
  case remark(String)
}
