import AttributionKit
import Tensors

/// Everything known about one attribution: what `-o map.json` holds.
///
/// All but ``timings`` is the same in every run. Fields that do not apply are left out.
struct ExplanationReport: Encodable {
  let image: String
  let model: ModelReport
  let preprocessing: PreprocessingReport?
  let predictions: [Prediction]
  let target: TargetReport
  let score: ScoreReport
  let method: MethodName
  /// Why there is no attribution; all fields below but ``timings`` and ``versions`` are missing then.
  var error: String?
  var layer: LayerReport?
  /// The shape of the attribution: `[height, width]`, or `[channels, height, width]` of pixels.
  var grid: [Int]?
  /// Of the signed values, before any rectifying or scaling.
  var range: RangeReport?
  var status: String?
  var hint: String?
  var guided: GuidedReport?
  var completeness: CompletenessReport?
  /// What to know before believing the map.
  var remarks: [String]?
  let timings: Timings
  let versions: Versions

  struct MethodName: Encodable {
    let expression: String
    let title: String
  }

  struct RangeReport: Encodable {
    let minimum: Float
    let maximum: Float
  }

  /// How many of the network's activation functions a method's own rule crossed.
  struct GuidedReport: Encodable {
    let crossed: Int
    let activations: Int
  }

  /// What attributions add up to, and what they should.
  struct CompletenessReport: Encodable {
    let sum: Float
    let expected: Float
  }

  /// In seconds; what methods compared side by side share is counted for the first of them to need it.
  struct Timings: Encodable {
    let forward: Double
    let attribution: Double
  }
}

extension ExplanationReport {
  /// What `entry` made of `explanation`.
  init(_ entry: Comparison.Entry, of explanation: Explanation) {
    image = explanation.subject.name
    model = ModelReport(explanation.classifier)
    preprocessing = explanation.subject.preprocessing.map(PreprocessingReport.init)
    predictions = explanation.predictions(top: 5)
    target = TargetReport(explanation)
    score = ScoreReport(kind: explanation.scoreName, value: explanation.session.score.value)
    method = MethodName(expression: entry.expression.identifier, title: entry.expression.title)
    timings = Timings(forward: explanation.forwardDuration.inSeconds, attribution: entry.duration.inSeconds)
    versions = Versions()
    switch entry.outcome {
    case .failure(let failure): error = ExitStatus.sentence(on: failure)
    case .success(let attribution):
      layer = LayerReport(attribution.layer)
      grid = attribution.values.shape
      range = RangeReport(minimum: attribution.range.lowerBound, maximum: attribution.range.upperBound)
      status = attribution.status.rawValue
      hint = attribution.status.hint
      guided = attribution.coverage.map { GuidedReport(crossed: $0.crossed, activations: $0.activations) }
      completeness = attribution.completeness.map { CompletenessReport(sum: $0.sum, expected: $0.expected) }
      remarks = attribution.remarks.isEmpty ? nil : attribution.remarks
    }
  }
}

extension Duration {
  var inSeconds: Double { Double(components.seconds) + Double(components.attoseconds) * 1e-18 }
}
