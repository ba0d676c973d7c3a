/// What about an attribution a metric judges; lists are grouped by it.
public struct MetricFamily: Hashable, Sendable {
  /// The word that users type for all its metrics, in lower case: `faithfulness`.
  public let identifier: String
  /// What its metrics have in common, as a heading.
  public let title: String

  public init(_ identifier: String, title: String) {
    self.identifier = identifier
    self.title = title
  }

  /// Whether what the map shows decides the score.
  public static let faithfulness = MetricFamily("faithfulness", title: "Faithfulness")
  /// Whether small changes of the image leave the map as it is.
  public static let robustness = MetricFamily("robustness", title: "Robustness")
  /// Whether the map singles out little.
  public static let complexity = MetricFamily("complexity", title: "Complexity")
  /// Whether the map lies on the object.
  public static let localization = MetricFamily("localization", title: "Localisation")
  /// Whether the map obeys what an axiom demands.
  public static let axioms = MetricFamily("axioms", title: "Axioms")
  /// Whether the map owes anything to the network and to the class asked about.
  public static let sanity = MetricFamily("sanity", title: "Sanity")
  /// Those that name no family.
  public static let other = MetricFamily("other", title: "Other metrics")
}
