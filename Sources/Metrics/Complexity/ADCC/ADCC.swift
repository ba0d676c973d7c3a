public import AttributionKit
import Tensors

/// Average drop, coherency and complexity in one number, their harmonic mean.
///
///     3 / (1/c + 1/(1 − k) + 1/(1 − d)),    d = max(0, y(x) − y(x′)) / y(x),    x′ = m ⊙ x + (1 − m) ⊙ x₀
///
/// `c` is the coherency and `k` the complexity of the map `m`, `y` the probability; 0 where one of the three is at its worst
/// (Poppi et al., eq. 8).
public struct ADCC: AttributionMetric {
  public var baseline: Baseline

  public init(baseline: Baseline = .black) { self.baseline = baseline }

  /// A forward pass, and what the method takes.
  public func cost(ofJudging method: any AttributionMethod, on model: (any ModelAdapter)?) -> Cost {
    method.cost(on: model).repeated(onInputs: 1)
  }

  /// - Throws: ``AttributionError/notAnImage(_:)``, ``AttributionError/unknownColors(_:)`` of the baseline; whatever the
  ///   method throws.
  public func result(for explanation: Explanation) throws -> MetricResult {
    guard let mask = try explanation.mask() else { return .undefined("nothing in the map speaks for the score") }
    let complexity = mask.meanAndDeviation().mean
    let again = try explanation.repeated(through: mask, over: baseline)
    let whole = try explanation.session.scaled(to: .probability).session.score.value
    let masked = try again.session.scaled(to: .probability).session.score.value
    guard whole > 0 else { return .undefined("the score is not above zero, so that no share of it can be lost") }
    // Where all of the image is lit up, there is no worse: whatever the coherency is, which nobody can tell then.
    guard complexity < 1 else { return MetricResult(0, remarks: explanation.remarks(on: baseline)) }
    let coherency = try again.coherency(with: mask)
    guard let value = coherency.value else { return coherency }
    let parts = [value, 1 - complexity, 1 - max(0, whole - masked) / whole]
    let mean = parts.contains { $0 <= 0 } ? 0 : 3 / parts.reduce(0) { $0 + 1 / $1 }
    return MetricResult(mean, remarks: explanation.remarks(on: baseline))
  }
}

extension ADCC {
  public static let descriptor = MetricDescriptor(
    "adcc", title: "ADCC", family: .complexity,
    summary: "The harmonic mean of what average drop leaves, coherency, and what complexity leaves.",
    citation: "Poppi et al., CVPR Workshops 2021, arXiv:2104.10252", better: .higher, range: 0...1,
    prototype: ADCC(),
    parameters: [
      Parameter("baseline", \.baseline, help: "what stands where the map is zero", expected: Baseline.expected)
    ])
}
