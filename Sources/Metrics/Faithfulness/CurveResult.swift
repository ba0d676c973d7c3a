import AttributionKit

extension Explanation {
  /// The mean score while the pixels are shown or hidden in an order, with the curve.
  ///
  /// - Throws: ``AttributionError/notAnImage(_:)``, ``AttributionError/unknownColors(_:)`` of the baseline; whatever the
  ///   model throws.
  func curveResult(
    _ change: PixelChange, in order: [Int], steps: Int, over baseline: Baseline, seed: UInt64, as score: ScoreScale,
    named name: String
  ) throws -> MetricResult {
    let curve = try curve(
      change, in: order, steps: steps, over: session.baseline(baseline, seed: seed), as: score, named: name)
    return MetricResult(curve.mean, curves: [curve], remarks: remarks(on: baseline))
  }
}
