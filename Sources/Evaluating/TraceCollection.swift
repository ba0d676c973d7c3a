import AttributionKit
import Explaining

/// What metrics that hold pictures against each other keep of them, until all have been seen.
struct TraceCollection {
  /// Those of the metrics that do.
  let metrics: [MetricExpression]
  /// For each picture, target, method and metric in their order.
  private var traces: [Kept] = []

  /// What is held against each other.
  private struct Series: Hashable {
    let metric: Int
    let method: String
  }

  private struct Kept {
    let series: Series
    let trace: MetricTrace?
    /// Why there is no trace.
    let reason: String?
  }

  init(of metrics: [MetricExpression]) { self.metrics = metrics.filter(\.isCollective) }

  /// - Throws: What the progress handler of the picture throws.
  mutating func add(_ entries: [Comparison.Entry], of judged: JudgedCase) throws {
    for entry in entries {
      for (index, metric) in metrics.enumerated() {
        var (trace, reason): (MetricTrace?, String?) = (nil, nil)
        do {
          let attribution = try entry.outcome.get(), method = entry.expression.method
          let explanation = try Explanation(attribution, by: method, in: judged.inquiry.session, object: judged.object)
          trace = try (metric.metric as? any CollectiveMetric)?.trace(of: explanation)
        } catch { reason = ExplainingError(error).description }
        let series = Series(metric: index, method: entry.expression.identifier)
        traces.append(Kept(series: series, trace: trace, reason: reason))
      }
    }
  }

  /// What the metrics say, in the order in which traces were added.
  var results: ArraySlice<MetricResult> {
    var results = traces.map { MetricResult.undefined($0.reason ?? "there is nothing to hold against others") }
    for (series, places) in Dictionary(grouping: traces.indices, by: { traces[$0].series }) {
      guard let metric = metrics[series.metric].metric as? any CollectiveMetric else { continue }
      let known = places.filter { traces[$0].trace != nil }
      for (place, result) in zip(known, metric.results(for: known.compactMap { traces[$0].trace })) {
        results[place] = result
      }
    }
    return results[...]
  }
}

extension MetricExpression {
  /// Whether it holds pictures against each other.
  package var isCollective: Bool { metric is any CollectiveMetric }
}
