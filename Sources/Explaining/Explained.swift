public import AttributionKit

/// One picture explained for one target: what every method made of it.
public struct Explained: Sendable {
  /// What was asked, of which run.
  public let inquiry: Inquiry
  /// What each method made of it, in the order asked for: an attribution, or why there is none.
  public let entries: [Comparison.Entry]

  /// What methods made of an inquiry.
  package init(inquiry: Inquiry, entries: [Comparison.Entry]) { (self.inquiry, self.entries) = (inquiry, entries) }

  /// The picture, as people see it and as the network receives it.
  public var subject: Subject { inquiry.picture.subject }
  /// What the network answered.
  public var answer: Answer { inquiry.picture.answer }
  /// What was explained.
  public var target: NamedTarget { inquiry.target }
  /// What was assumed, and what people should know before they believe it.
  public var notes: [Note] { inquiry.notes }

  /// The attributions of the methods that have one, in the order asked for.
  public var attributions: [Attribution] { entries.compactMap { try? $0.outcome.get() } }
}
