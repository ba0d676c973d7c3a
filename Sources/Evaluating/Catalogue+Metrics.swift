public import AttributionKit
public import Explaining

extension Catalogue {
  /// The words that stand for several metrics: `all`, and one for each family.
  public var metricSetNames: [String] {
    ["all"] + metrics.map(\.family.identifier).reduce(into: []) { if !$0.contains($1) { $0.append($1) } }
  }

  /// The metrics that a text names: expressions separated by commas, `insertion, deletion(baseline=black)`, and names of
  /// sets among them; without a text the standard ones, and `marked` says whether objects are marked that maps can be held
  /// against.
  ///
  /// - Throws: ``ExplainingError`` that points at what cannot be read.
  public func metrics(_ text: String? = nil, marked: Bool = false) throws(ExplainingError) -> [MetricExpression] {
    do {
      guard let text else {
        return try Self.standardMetrics.compactMap { name in metrics.first { $0.identifier == name } }
          .filter { marked || !$0.needsObject }.map(compatible)
      }
      // Sets are written out before the text is read, so that a fault points into what was written where there is none.
      let words = Self.parts(of: text).map { $0.lowercased() }
      guard words.contains(where: { isMetricSet($0) }) else {
        return try parsed(text).uniqued
      }
      return try words.flatMap { word in
        guard isMetricSet(word) else { return try parsed(word) }
        let all = metrics.filter { word == "all" || $0.family.identifier == word }
        let apt = all.filter { marked || !$0.needsObject }
        guard word == "all" || apt.count == all.count else {
          let others = apt.map(\.identifier).joined(separator: ", ")
          throw ExplainingError(
            .usage,
            "metrics of '\(word)' hold maps against objects, and none are marked: "
              + (apt.isEmpty ? "" : "name \(others), which need none, or ") + "say where objects are",
            about: .objects)
        }
        return try apt.map(compatible)
      }.uniqued
    } catch { throw ExplainingError(error) }
  }

  private func parsed(_ text: String) throws -> [MetricExpression] {
    try MetricExpression.list(parsing: text, among: metrics, defaults: compatibleMetricSettings)
  }

  private func compatible(_ metric: MetricDescriptor) throws -> MetricExpression {
    try MetricExpression(metric, compatibleMetricSettings[metric.identifier] ?? [:])
  }

  /// The settings that do what the other library does, by metric.
  private var compatibleMetricSettings: [String: [String: String]] {
    Dictionary(
      (compatibility?.metricDeviations ?? []).map { ($0.identifier, $0.settings) },
      uniquingKeysWith: { first, _ in first })
  }

  private func isMetricSet(_ word: String) -> Bool {
    metricSetNames.contains(word) && !metrics.contains { $0.identifier == word }
  }

  /// One of each kind, so that they differ: the map decides the score, is stable, is about the class, is concise, and lies
  /// on the object.
  private static let standardMetrics = [
    "insertion", "deletion", "average-drop", "max-sensitivity", "class-sensitivity", "sparseness", "pointing-game",
    "energy-pointing-game",
  ]
}

extension Setting {
  /// Where things are in pictures.
  public static let objects = Setting("objects")
}

extension [MetricExpression] {
  /// Each once, in the order written.
  fileprivate var uniqued: [MetricExpression] {
    reduce(into: []) { all, next in if !all.contains(where: { $0.identifier == next.identifier }) { all.append(next) } }
  }
}
