public import AttributionKit
public import Masks
import Tensors

/// Non-sensitivity: on how many regions map and network contradict each other about whether they matter at all.
///
///     |A₀ △ X₀| / N
///
/// Of `N` regions of the image, `A₀` are those that the map leaves at zero, and `X₀` those that can be covered without a
/// change of the score (Nguyen & Martínez, metric 2.1, on regions in place of single features).
public struct NonSensitivity: AttributionMetric {
  public var superpixels: Superpixels
  public var segments: Int
  public var baseline: Baseline
  /// What counts as zero, as a share of the greatest value of the map, and of the greatest change of the score.
  public var tolerance: Float
  public var seed: UInt64

  public init(
    superpixels: Superpixels = .grid, segments: Int = 100, baseline: Baseline = .mean, tolerance: Float = 0.001,
    seed: UInt64 = 0
  ) {
    self.superpixels = superpixels
    self.segments = segments
    self.baseline = baseline
    self.tolerance = tolerance
    self.seed = seed
  }

  /// A forward pass for each region, and one for the image.
  public func cost(ofJudging method: any AttributionMethod, on model: (any ModelAdapter)?) -> Cost {
    .forward(segments + 1)
  }

  /// - Throws: ``AttributionError/notAnImage(_:)``, ``AttributionError/unknownColors(_:)`` of the baseline.
  public func result(for explanation: Explanation) throws -> MetricResult {
    let sizes = try explanation.importance().magnitudes(), session = explanation.session
    guard sizes.scalars.allSatisfy(\.isFinite) else { return .undefined("not all values of the map are finite") }
    let regions = superpixels.segmentation(of: try session.picture, count: segments)
    let cover = try session.baseline(baseline, seed: seed)
    // The image itself comes last, so that it is scored in the same way.
    let scores = try session.scores(ofMasks: regions.count + 1, over: cover) { hidden in
      Tensor(regions.labels.map { $0 == hidden ? 0 : 1 }, shape: sizes.shape)
    }
    let changes = scores.dropLast().map { abs($0 - scores[regions.count]) }
    var greatest = Array(repeating: Float(0), count: regions.count)
    for (region, size) in zip(regions.labels, sizes.scalars) { greatest[region] = max(greatest[region], size) }
    let contradictions = zip(isZero(greatest), isZero(changes)).count { $0 != $1 }
    return MetricResult(
      Float(contradictions) / Float(regions.count),
      remarks: explanation.remarks(on: baseline))
  }

  private func isZero(_ sizes: [Float]) -> [Bool] {
    let greatest = sizes.max() ?? 0
    return sizes.map { $0 <= tolerance * greatest }
  }
}

extension NonSensitivity {
  public static let descriptor = MetricDescriptor(
    "non-sensitivity", title: "Non-sensitivity", family: .axioms,
    summary: "The share of regions that are left at zero though they matter, or the reverse.",
    citation: "Nguyen & Martínez, 2020, arXiv:2007.07584", better: .lower, range: 0...1, prototype: NonSensitivity(),
    parameters: [
      Parameter("superpixels", \.superpixels, help: "how the image is cut up", expected: Superpixels.expected),
      Parameter(
        "segments", \.segments, help: "about how many regions there are", expected: "a whole number from 1 to 100000"
      ) { (1...100_000).contains($0) },
      Parameter("baseline", \.baseline, help: "what regions are covered with", expected: Baseline.expected),
      Parameter(
        "tolerance", \.tolerance, help: "what counts as zero, as a share of the greatest",
        expected: "a number from 0 to 1"
      ) { (0...1).contains($0) },
      Parameter(
        "seed", \.seed, help: "the number that decides the noise of a baseline", expected: "a whole number from 0"),
    ])
}
