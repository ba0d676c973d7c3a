public import AttributionKit
import FaithfulnessMetrics

/// ROAD, coherency and complexity in one number, their harmonic mean.
///
///     3 / (1/r + 1/c + 1/(1 − k)),    r = min(max(2·ROAD, 0), 1)
///
/// `c` is the coherency and `k` the complexity of the map; ROAD is the mean of both orders over the shares 0.2, 0.4, 0.6 and
/// 0.8 of the pixels (Domeniconi et al.). 0 where one of the three is at its worst.
public struct ARCC: AttributionMetric {
  public var baseline: Baseline
  public var seed: UInt64

  public init(baseline: Baseline = .black, seed: UInt64 = 0) { (self.baseline, self.seed) = (baseline, seed) }

  private var road: ROAD { ROAD(order: .combined, steps: 4, seed: seed) }

  /// Those of ROAD and one more forward pass, and what the method takes.
  public func cost(ofJudging method: any AttributionMethod, on model: (any ModelAdapter)?) -> Cost {
    method.cost(on: model).repeated(onInputs: 1) + road.cost(ofJudging: method, on: model)
  }

  /// - Throws: ``AttributionError/notAnImage(_:)``, ``AttributionError/unknownColors(_:)`` of the baseline; whatever the
  ///   method throws.
  public func result(for explanation: Explanation) throws -> MetricResult {
    let complexity = try MapComplexity().result(for: explanation)
    // Where all of the image is lit up, there is no worse: whatever the coherency is, which nobody can tell then.
    guard complexity.value != 1 else { return MetricResult(0, remarks: explanation.remarks(on: baseline)) }
    return try .harmonicMean(of: [
      complexity.mapped { 1 - $0 }, Coherency(baseline: baseline).result(for: explanation),
      road.result(for: explanation).mapped { min(max(2 * $0, 0), 1) },
    ])
  }
}

extension ARCC {
  public static let descriptor = MetricDescriptor(
    "arcc", title: "ARCC", family: .complexity,
    summary: "The harmonic mean of ROAD, coherency, and what complexity leaves.",
    citation: "Domeniconi, Stramiglio, Lombardi & Salti, 2026, arXiv:2605.14641", better: .higher, range: 0...1,
    prototype: ARCC(),
    parameters: [
      Parameter("baseline", \.baseline, help: "what stands where the map is zero", expected: Baseline.expected),
      Parameter("seed", \.seed, help: "the number that decides ROAD's noise", expected: "a whole number from 0"),
    ])
}
