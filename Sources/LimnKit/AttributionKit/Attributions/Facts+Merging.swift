import Tensors

/// What becomes of facts when attributions are combined: the one place that knows.
///
/// A fact about the sum of the values holds only where the sum of the result is known from those of the parts.
extension [Fact] {
  /// The facts about the opposite values, `−m`.
  func negated() -> [Fact] {
    map { if case .completeness(let completeness) = $0 { .completeness(-completeness) } else { $0 } }
  }

  /// What stays true of values that were changed one by one, as `|m|`: all but what is said about their sum.
  func withoutSums() -> [Fact] {
    filter { if case .completeness = $0 { false } else { true } }
  }

  /// What there is to know of one attribution made of several: the first coverage there is, then every remark once.
  static func merged(_ all: [[Fact]]) -> [Fact] {
    let remarks = all.flatMap(\.remarks).reduce(into: [String]()) { if !$0.contains($1) { $0.append($1) } }
    return all.lazy.compactMap(\.coverage).prefix(1).map(Fact.coverage) + remarks.map(Fact.remark)
  }

  /// What there is to know of the mean of one method's attributions of many inputs, whose values are `mean`.
  ///
  /// It adds up to the mean of what each should add up to, where each says so; remarks are those on every one of them.
  static func mean(of all: [[Fact]], values mean: Tensor) -> [Fact] {
    guard let last = all.last else { return [] }
    var facts = last.withoutSums().filter { fact in
      if case .remark = fact { all.allSatisfy { $0.contains(fact) } } else { true }
    }
    let expected = all.compactMap { $0.completeness?.expected }
    if expected.count == all.count {
      facts.append(.completeness(Completeness(of: mean, expected: expected.reduce(0, +) / Float(all.count))))
    }
    return facts
  }

  /// For a method with a gradient rule of its own: how many activation functions the rule crossed.
  var coverage: RuleCoverage? { lazy.compactMap { if case .coverage(let it) = $0 { it } else { nil } }.first }

  /// For a method whose values should add up to a difference of scores: how nearly they do.
  var completeness: Completeness? { lazy.compactMap { if case .completeness(let it) = $0 { it } else { nil } }.first }

  /// What people should know before they believe the values.
  var remarks: [String] { compactMap { if case .remark(let it) = $0 { it } else { nil } } }
}
