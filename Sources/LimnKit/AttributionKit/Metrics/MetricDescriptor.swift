/// What a module contributes that judges attributions: a name, a citation, and how to make the metric from text.
public struct MetricDescriptor: Sendable {
  /// The name users type, in lower case with hyphens: `pointing-game`.
  public let identifier: String
  /// The name papers print: `Pointing game`.
  public let title: String
  /// What about an attribution it judges.
  public let family: MetricFamily
  /// What the number says, in one sentence.
  public let summary: String
  /// Authors, venue and year, arXiv number.
  public let citation: String
  public let direction: Direction
  /// The least and the greatest that the number can be; infinite where there is no bound.
  public let range: ClosedRange<Float>
  /// What the metric asks of a model, beyond what the method does; checked before it runs.
  public let needs: [Need]
  /// Whether it holds the map against an object that somebody marked.
  public let needsObject: Bool
  /// Whether it asks for other images beside the one explained: ``Explanation/peers``.
  public let needsPeers: Bool
  /// The metric with every parameter at its default.
  public let prototype: any AttributionMetric
  public let parameters: [ParameterDescription]

  private let make: @Sendable ([String: String]) throws -> Made

  /// A value of the metric, and its parameters that differ from their defaults.
  struct Made {
    let metric: any AttributionMetric
    let settings: [WrittenSetting]
  }

  /// Which of two numbers speaks for its explanation.
  public enum Direction: String, Hashable, Sendable {
    case higher, lower
  }

  /// - Parameters:
  ///   - identifier: The name users type, in lower case with hyphens.
  ///   - title: The name papers print.
  ///   - family: What about an attribution it judges.
  ///   - summary: What the number says, in one sentence.
  ///   - citation: Authors, venue and year, arXiv number.
  ///   - direction: Which of two numbers is better.
  ///   - range: The least and the greatest that the number can be.
  ///   - needs: What the metric asks of a model, beyond what the method does.
  ///   - needsObject: Whether it holds the map against an object that somebody marked.
  ///   - needsPeers: Whether it asks for other images beside the one explained.
  ///   - prototype: The metric with every parameter at its default.
  ///   - parameters: What can be set, by key path.
  public init<Metric: AttributionMetric>(
    _ identifier: String, title: String, family: MetricFamily = .other, summary: String, citation: String,
    better direction: Direction, range: ClosedRange<Float> = -.infinity ... .infinity, needs: [Need] = [],
    needsObject: Bool = false, needsPeers: Bool = false, prototype: Metric, parameters: [Parameter<Metric>] = []
  ) {
    self.identifier = identifier
    self.title = title
    self.family = family
    self.summary = summary
    self.citation = citation
    self.direction = direction
    self.range = range
    self.needs = needs
    self.needsObject = needsObject
    self.needsPeers = needsPeers
    self.prototype = prototype
    self.parameters = parameters.map { $0.description(prototype) }
    make = { values in
      var metric = prototype
      try parameters.assign(values, to: &metric, of: identifier)
      return Made(metric: metric, settings: parameters.settings(of: metric, apartFrom: prototype))
    }
  }

  func made(_ values: [String: String]) throws -> Made { try make(values) }
}
