public import AttributionKit
public import Explaining

/// One target explained, with the sanity checks of its methods where those were asked for.
public struct CheckedExplanation: Sendable {
  /// The target, and what the methods made of it.
  public let explained: Explained
  /// The sanity checks of its entries, in their order; none where they were not made.
  public let checks: [SanityCheck?]
}

extension AnsweredPicture {
  /// Explains the targets of a question one after the other: what programs ask for that started neither the network nor the
  /// work, and may no longer want it.
  ///
  /// - Parameters:
  ///   - question: what is asked.
  ///   - methods: what explains it.
  ///   - isChecked: whether each map is checked against another class and random weights.
  ///   - ended: throws where the work is no longer wanted; asked before and after each target.
  ///   - each: takes what was made of a target, at once.
  /// - Throws: ``ExplainingError``, and what `ended`, `each` or the progress handler of the picture throws.
  public func explain(
    _ question: Question, by methods: [MethodExpression], checking isChecked: Bool, unless ended: () throws -> Void,
    each: (CheckedExplanation) throws -> Void
  ) throws {
    for inquiry in try inquiries(question) {
      try ended()
      let explained = try inquiry.explained(by: methods)
      try ended()
      try each(CheckedExplanation(explained: explained, checks: isChecked ? explained.sanityChecks() : []))
    }
  }
}
