public import AttributionKit
import Explaining

extension JudgedCase {
  /// About how long explaining it by some methods and judging the maps by some metrics takes, by its passes.
  ///
  /// - Returns: `nil` where a method or a metric does not say how many passes it takes.
  /// - Throws: What the network throws in the pass that is timed.
  public func estimatedDuration(of methods: [MethodExpression], with metrics: [MetricExpression]) throws -> Duration? {
    let model = inquiry.session.model
    let apt = methods.filter { $0.unmetNeeds(by: model).isEmpty }
    let judging = apt.reduce(Cost.zero) { sum, method in
      metrics.filter { object != nil || !$0.descriptor.needsObject }.reduce(sum) {
        $0 + $1.metric.cost(ofJudging: method.method, on: model)
      }
    }
    return (Comparison(of: apt).cost(on: model) + judging).duration(forward: try passDuration())
  }

  /// How long a pass takes among others, as most of a metric's are; of a large network, how long one takes.
  func passDuration() throws -> Duration {
    func timed(_ count: Int) throws -> Duration {
      let start = ContinuousClock.now
      _ = try inquiry.session.scores(of: count) { _ in inquiry.session.input }
      return (ContinuousClock.now - start) / count
    }
    // The pass that is over made the network ready as well: another is timed.
    let alone = try timed(1)
    guard alone < .milliseconds(100) else { return alone }
    // A batch of another size is made ready first.
    _ = try timed(8)
    return min(alone, try timed(8))
  }
}
