public import AttributionKit

/// Relevance rank accuracy: how many of the highest pixels lie on the object, as many being taken as it has.
///
///     |P_K ∩ O| / K,    K = |O|,    P_K the K pixels that the map ranks highest
///
/// Pixels that tie for the last places each count by the share of them that there is room for.
public struct RelevanceRank: AttributionMetric {
  public init() {}

  /// - Throws: ``AttributionError/notAnImage(_:)``.
  public func result(for explanation: Explanation) throws -> MetricResult {
    explanation.held(try explanation.importance(), as: .order) { map in
      MetricResult(Float(map.hits(amongHighest: map.size) / Double(map.size)))
    }
  }
}

extension RelevanceRank {
  public static let descriptor = MetricDescriptor(
    "relevance-rank", title: "Relevance rank accuracy", family: .localization,
    summary: "How many of the highest pixels, as many as the object has, lie on it.",
    citation: "Arras, Osman & Samek, Information Fusion 2022, arXiv:2003.07258", better: .higher, range: 0...1,
    needsObject: true, prototype: RelevanceRank())
}
