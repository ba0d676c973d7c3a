public import AttributionKit
import Tensors

/// Faithfulness correlation: how nearly what the map gives to random pixels is what the score loses without them.
///
///     corr_S(Σ_{p∈S} aₚ, y(x) − y(x with x₀ at S))                                                            (def. 3)
///
/// `S` are sets of the same number of pixels, drawn at random; the correlation is Pearson's.
public struct FaithfulnessCorrelation: AttributionMetric {
  public var samples: Int
  public var share: Float
  public var baseline: Baseline
  public var score: ScoreScale
  public var seed: UInt64

  public init(
    samples: Int = 100, share: Float = 0.1, baseline: Baseline = .mean, score: ScoreScale = .probability,
    seed: UInt64 = 0
  ) {
    (self.samples, self.share, self.baseline, self.score, self.seed) = (samples, share, baseline, score, seed)
  }

  /// A forward pass for each set.
  public func cost(ofJudging method: any AttributionMethod, on model: (any ModelAdapter)?) -> Cost {
    .forward(samples)
  }

  /// - Throws: ``AttributionError/notAnImage(_:)``, ``AttributionError/unknownColors(_:)`` of the baseline.
  public func result(for explanation: Explanation) throws -> MetricResult {
    let session = explanation.session, grid = try session.grid
    let hidden = max(1, Int((share * Float(grid.height * grid.width)).rounded()))
    let removals = try explanation.removals(
      samples, over: session.baseline(baseline, seed: seed), as: score
    ) { index in
      var generator = SplitMix64(seed: seed, stream: index)
      return generator.mask(hiding: hidden, height: grid.height, width: grid.width)
    }
    guard let correlation = removals.pearson else { return .undefined(removals.whyUncorrelated) }
    return MetricResult(
      correlation, curves: [removals.curve(named: Self.descriptor.identifier)],
      remarks: explanation.remarks(on: baseline))
  }
}

extension FaithfulnessCorrelation {
  public static let descriptor = MetricDescriptor(
    "faithfulness-correlation", title: "Faithfulness correlation", family: .faithfulness,
    summary: "How nearly what the map gives to random pixels is what the score loses without them.",
    citation: "Bhatt, Weller & Moura, IJCAI 2020, arXiv:2005.00631", better: .higher, range: -1...1,
    prototype: FaithfulnessCorrelation(),
    parameters: [
      .samples(\.samples), .share("share", \.share, help: "the share of the pixels that is hidden at a time"),
      .baseline(\.baseline), .score(\.score), .seed(\.seed, of: "the pixels"),
    ])
}
