public import AttributionKit
import Masks
import Tensors

/// Region perturbation: the area over the curve of the score as squares of the image are replaced by noise, those first in
/// which the map is strongest.
///
///     AOPC = 1/(L+1) · Σₖ y(x⁽⁰⁾) − y(x⁽ᵏ⁾),    k = 0…L
public struct RegionPerturbation: AttributionMetric {
  public var size: Int
  public var regions: Int
  public var baseline: Baseline
  public var score: ScoreScale
  public var seed: UInt64

  public init(
    size: Int = 9, regions: Int = 100, baseline: Baseline = .noise, score: ScoreScale = .probability, seed: UInt64 = 0
  ) {
    (self.size, self.regions, self.baseline, self.score, self.seed) = (size, regions, baseline, score, seed)
  }

  /// A forward pass for each region.
  public func cost(ofJudging method: any AttributionMethod, on model: (any ModelAdapter)?) -> Cost {
    .forward(regions)
  }

  /// - Throws: ``AttributionError/notAnImage(_:)``, ``AttributionError/unknownColors(_:)`` of the baseline.
  public func result(for explanation: Explanation) throws -> MetricResult {
    let grid = try explanation.session.grid, importance = try explanation.importance()
    let squares = Segmentation(
      (0..<grid.height * grid.width).map { pixel in
        pixel / grid.width / size * grid.width + pixel % grid.width / size
      }, height: grid.height, width: grid.width)
    let sums = zip(squares.means(of: importance), squares.sizes).map { $0 * Float($1) }
    let curve = try explanation.curve(
      hiding: squares, byRank: sums, most: regions, over: explanation.session.baseline(baseline, seed: seed), as: score,
      named: Self.descriptor.identifier)
    let mean = curve.y.reduce(0.0) { $0 + Double($1) } / Double(curve.y.count)
    return MetricResult(
      Float(Double(curve.y[0]) - mean), curves: [curve], remarks: explanation.remarks(on: baseline))
  }
}

extension RegionPerturbation {
  public static let descriptor = MetricDescriptor(
    "region-perturbation", title: "Region perturbation", family: .faithfulness,
    summary: "How far the score falls in the mean while squares are replaced by noise, the strongest first.",
    citation: "Samek, Binder, Montavon, Lapuschkin & Müller, IEEE TNNLS 2017, arXiv:1509.06321", better: .higher,
    range: -1...1, prototype: RegionPerturbation(),
    parameters: [
      Parameter(
        "size", \.size, help: "how many pixels a side of the squares has", expected: "a whole number from 1 to 1000"
      ) { (1...1000).contains($0) },
      Parameter(
        "regions", \.regions, help: "how many squares are replaced at most", expected: "a whole number from 1 to 10000"
      ) { (1...10_000).contains($0) },
      .baseline(\.baseline), .score(\.score), .seed(\.seed, of: "the noise"),
    ])
}
