public import AttributionKit
public import Masks
import Tensors

/// IROF, iterative removal of features: the area over the curve of the score as superpixels are hidden, those first in which
/// the map is strongest.
///
///     1 − ∫₀¹ y(x(f)) / y(x) df
///
/// `x(f)` is the image without the share `f` of its superpixels that have the greatest mean.
public struct IROF: AttributionMetric {
  public var superpixels: Superpixels
  public var segments: Int
  public var baseline: Baseline
  public var seed: UInt64

  public init(superpixels: Superpixels = .slic, segments: Int = 100, baseline: Baseline = .mean, seed: UInt64 = 0) {
    (self.superpixels, self.segments, self.baseline, self.seed) = (superpixels, segments, baseline, seed)
  }

  /// A forward pass for each superpixel.
  public func cost(ofJudging method: any AttributionMethod, on model: (any ModelAdapter)?) -> Cost {
    .forward(segments)
  }

  /// - Throws: ``AttributionError/notAnImage(_:)``, ``AttributionError/unknownColors(_:)`` of the baseline.
  public func result(for explanation: Explanation) throws -> MetricResult {
    let session = explanation.session
    let regions = superpixels.segmentation(of: try session.picture, count: segments)
    let curve = try explanation.curve(
      hiding: regions, byRank: regions.means(of: explanation.importance()), most: regions.count,
      over: session.baseline(baseline, seed: seed), as: .probability, named: Self.descriptor.identifier)
    guard curve.y[0] > 0 else { return .undefined("the score of the image is not above zero") }
    return MetricResult(
      1 - curve.mean / curve.y[0], curves: [curve],
      remarks: ["\(regions.count) superpixels"] + explanation.remarks(on: baseline))
  }
}

extension IROF {
  public static let descriptor = MetricDescriptor(
    "irof", title: "IROF", family: .faithfulness,
    summary: "The share of its probability that the class loses in the mean while superpixels are hidden.",
    citation: "Rieger & Hansen, 2020, arXiv:2003.08747", better: .higher,
    range: -.infinity...1, prototype: IROF(),
    parameters: [
      Parameter("superpixels", \.superpixels, help: "how the image is cut up", expected: Superpixels.expected),
      Parameter(
        "segments", \.segments, help: "about how many superpixels there are", expected: "a whole number from 1 to 2000"
      ) { (1...2000).contains($0) },
      .baseline(\.baseline), .seed(\.seed, of: "the noise of a baseline"),
    ])
}
