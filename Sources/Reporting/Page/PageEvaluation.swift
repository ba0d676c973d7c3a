import AttributionKit
public import Evaluating
public import Explaining

/// What came of an evaluation, as a page shows it.
struct PageEvaluation: Encodable {
  let photographs: Int
  let targets: Int
  let methods: [Report.MethodName]
  let metrics: [Metric]

  /// One metric, and what it says of all methods.
  struct Metric: Encodable {
    let report: EvaluationReport.Metric
    /// What the metric measures, in a sentence.
    let summary: String
    let citation: String
    /// For each method the mean curves behind its numbers.
    let curves: [[EvaluationReport.Curve]]
    /// For each method the number of each photograph; `nil` where it is not defined.
    let values: [[Double?]]
  }

  init(_ evaluation: Evaluation) {
    (photographs, targets) = (evaluation.photographs, evaluation.targets)
    methods = evaluation.methods.map { Report.MethodName(expression: $0.identifier, title: $0.title) }
    let reports = EvaluationReport.Metric.all(of: evaluation)
    metrics = evaluation.metrics.indices.map { index in
      let descriptor = evaluation.metrics[index].descriptor
      return Metric(
        report: reports[index], summary: descriptor.summary,
        citation: descriptor.citation,
        curves: evaluation.methods.indices.map {
          evaluation.curves(of: $0, by: index).map(EvaluationReport.Curve.init)
        },
        values: evaluation.methods.indices.map { evaluation.values(of: $0, by: index) })
    }
  }
}

/// An evaluation as a page of its own.
public enum EvaluationPage {
  /// The whole file.
  ///
  /// - Parameters:
  ///   - evaluation: the numbers together.
  ///   - explainer: the network.
  ///   - command: the command that makes the page again.
  /// - Returns: HTML with all that it needs inside; the same numbers give the same bytes.
  /// - Throws: `EncodingError`.
  public static func data(
    _ evaluation: Evaluation, about explainer: Explainer, command: String? = nil
  ) throws -> [UInt8] {
    let recipe = explainer.preprocessing.map { ", \($0.summary)" } ?? ""
    var page = Page(
      title: explainer.origin.title, subtitle: "input \(Wording.extent(explainer.model.input.shape))\(recipe)",
      footer: [], command: command, notes: explainer.notes.map(\.sentence))
    page.methods = evaluation.methods.map { PageMethod($0, in: explainer.catalogue) }
    page.evaluation = PageEvaluation(evaluation)
    return try PageFile.data(of: page)
  }
}
