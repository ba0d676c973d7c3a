import AttributionKit
public import Evaluating
public import Explaining

/// Everything known about an evaluation: what `limn evaluate --json` prints.
///
/// Fields that do not apply are left out. All but ``Measurement/seconds`` is the same in every run. Fields may be added;
/// those here keep their names and meanings for as long as ``version`` stays.
public struct EvaluationReport: Hashable, Sendable, Codable {
  /// The version of the report's form: raised where a field is taken away or means something else.
  public let version: Int
  /// The network.
  public let model: Report.Network
  /// How many photographs were judged.
  public let photographs: Int
  /// How many pictures and targets were judged.
  public let targets: Int
  /// What was judged.
  public let methods: [Report.MethodName]
  /// What judged it, with how each method does.
  public let metrics: [Metric]
  /// Every number, in the order of pictures, targets, methods and metrics.
  public let measurements: [Measurement]
  /// What computed it.
  public let versions: Report.Versions

  /// The version of the reports that are made here.
  public static let currentVersion = 1

  /// One metric, and what it says of all methods.
  public struct Metric: Hashable, Sendable, Codable {
    /// In its shortest spelling: `insertion(steps=20)`.
    public let expression: String
    /// `Insertion (steps=20)`.
    public let title: String
    /// `faithfulness`, `robustness` and so on.
    public let family: String
    /// `higher` or `lower`: which of two numbers is better.
    public let better: String
    /// In the order of the methods.
    public let standings: [Standing]
    /// What the photographs tell, in a sentence.
    public let verdict: String
  }

  /// How one method does by one metric.
  public struct Standing: Hashable, Sendable, Codable {
    /// The method's expression.
    public let method: String
    /// On how many photographs the metric is defined.
    public let photographs: Int
    /// The mean over these.
    public let mean: Double?
    /// The ends of the interval that holds the mean with a probability of 95 %.
    public let interval: [Double]?
    /// From 1 for the best mean.
    public let rank: Int?
    /// `best`, `worse` than it, `undecided` between the two, or `undefined`.
    public let comparison: Evaluating.Standing.Comparison
    /// Why the metric said nothing, the first time it did not.
    public let reason: String?
  }

  /// One number.
  public struct Measurement: Hashable, Sendable, Codable {
    /// The picture as the user named it.
    public let image: String
    /// What was explained.
    public let target: Report.Target
    /// The method's expression.
    public let method: String
    /// The metric's expression.
    public let metric: String
    /// The number.
    public let value: Float?
    /// What it was made from.
    public let curves: [Curve]?
    /// Why there is no number, or what to know before believing it.
    public let remarks: [String]?
    /// How long the metric took.
    public let seconds: Double
  }

  /// A function behind a number.
  public struct Curve: Hashable, Sendable, Codable {
    /// What is drawn.
    public let name: String
    /// What the places are.
    public let places: String
    /// What the values are.
    public let values: String
    /// The places.
    public let x: [Float]
    /// The values.
    public let y: [Float]
  }
}

extension EvaluationReport {
  /// What came of an evaluation.
  ///
  /// - Parameters:
  ///   - evaluation: the numbers together.
  ///   - measurements: each of them.
  ///   - explainer: the network.
  public init(_ evaluation: Evaluation, _ measurements: [Measurement], about explainer: Explainer) {
    version = Self.currentVersion
    model = Report.Network(explainer)
    (photographs, targets) = (evaluation.photographs, evaluation.targets)
    methods = evaluation.methods.map { Report.MethodName(expression: $0.identifier, title: $0.title) }
    metrics = Metric.all(of: evaluation)
    self.measurements = measurements
    versions = .current
  }
}

extension EvaluationReport.Metric {
  /// What each metric says.
  package static func all(of evaluation: Evaluation) -> [Self] {
    evaluation.metrics.indices.map { Self($0, of: evaluation) }
  }

  fileprivate init(_ index: Int, of evaluation: Evaluation) {
    let metric = evaluation.metrics[index]
    (expression, title) = (metric.identifier, metric.title)
    (family, better) = (metric.descriptor.family.identifier, metric.descriptor.direction.rawValue)
    standings = evaluation.standings(by: index).map { standing in
      EvaluationReport.Standing(
        method: evaluation.methods[standing.method].identifier, photographs: standing.photographs,
        mean: standing.mean, interval: standing.interval.map { [$0.lowerBound, $0.upperBound] }, rank: standing.rank,
        comparison: standing.comparison, reason: evaluation.reason(of: standing.method, by: index))
    }
    verdict = evaluation.verdict(by: index)
  }
}

extension EvaluationReport.Measurement {
  /// One number as reports hold it.
  public init(_ finding: Finding) {
    image = finding.inquiry.picture.subject.name
    target = Report.Target(finding.inquiry)
    (method, metric) = (finding.method.identifier, finding.metric.identifier)
    value = finding.result.value
    curves =
      finding.result.curves.isEmpty
      ? nil
      : finding.result.curves.map { .init(name: $0.name, places: $0.places, values: $0.values, x: $0.x, y: $0.y) }
    remarks = finding.result.remarks.isEmpty ? nil : finding.result.remarks
    seconds = finding.duration / .seconds(1)
  }
}
