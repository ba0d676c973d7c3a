#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

public import AttributionKit
import Tensors

/// Sensitivity-n: how nearly what the map gives to any `n` pixels is what the score loses without them, for `n` from few to
/// most of them.
///
///     mean over n of corr_S(Σ_{p∈S} aₚ, y(x) − y(x with x₀ at S)),    |S| = n
///
/// The numbers `n` are evenly many on a scale of logarithms, from one pixel to the greatest share.
public struct SensitivityN: AttributionMetric {
  public var steps: Int
  public var samples: Int
  public var share: Float
  public var baseline: Baseline
  public var score: ScoreScale
  public var seed: UInt64

  public init(
    steps: Int = 8, samples: Int = 50, share: Float = 0.8, baseline: Baseline = .zero, score: ScoreScale = .score,
    seed: UInt64 = 0
  ) {
    (self.steps, self.samples, self.share) = (steps, samples, share)
    (self.baseline, self.score, self.seed) = (baseline, score, seed)
  }

  /// A forward pass for each set of pixels.
  public func cost(ofJudging method: any AttributionMethod, on model: (any ModelAdapter)?) -> Cost {
    .forward(steps * samples)
  }

  /// - Throws: ``AttributionError/notAnImage(_:)``, ``AttributionError/unknownColors(_:)`` of the baseline.
  public func result(for explanation: Explanation) throws -> MetricResult {
    let session = explanation.session, grid = try session.grid
    let sizes = sizes(among: grid.height * grid.width)
    let removals = try explanation.removals(
      sizes.count * samples, over: session.baseline(baseline, seed: seed), as: score
    ) { index in
      var generator = SplitMix64(seed: seed, stream: index)
      return generator.mask(hiding: sizes[index / samples], height: grid.height, width: grid.width)
    }
    let correlations = sizes.indices.map { step -> Float? in
      let part = step * samples..<(step + 1) * samples
      return Correlation.pearson(Array(removals.attributed[part]), Array(removals.drops[part]))
    }
    let known = zip(sizes, correlations).compactMap { size, r in r.map { (n: Float(size), r: $0) } }
    guard !known.isEmpty else { return .undefined(removals.whyUncorrelated) }
    let left = sizes.count - known.count
    return MetricResult(
      known.reduce(0) { $0 + $1.r } / Float(known.count),
      curves: [
        MetricCurve(
          Self.descriptor.identifier, places: "pixels hidden", values: "correlation", x: known.map(\.n),
          y: known.map(\.r))
      ],
      remarks: explanation.remarks(on: baseline)
        + (left > 0 ? ["\(left) of \(sizes.count) numbers of pixels have no correlation and are left out"] : []))
  }

  /// The numbers of pixels that are hidden at a time: evenly many by their logarithms, each once.
  func sizes(among count: Int) -> [Int] {
    let most = max(1, Int((share * Float(count)).rounded(.down)))
    guard steps > 1 else { return [most] }
    return Array(
      Set((0..<steps).map { Int(pow(Double(most), Double($0) / Double(steps - 1)).rounded()) })
    ).sorted()
  }
}

extension SensitivityN {
  public static let descriptor = MetricDescriptor(
    "sensitivity-n", title: "Sensitivity-n", family: .faithfulness,
    summary: "How nearly what the map gives to n random pixels is what the score loses without them, over many n.",
    citation: "Ancona, Ceolini, Öztireli & Gross, ICLR 2018, arXiv:1711.06104", better: .higher, range: -1...1,
    prototype: SensitivityN(),
    parameters: [
      Parameter(
        "steps", \.steps, help: "how many numbers n of pixels are tried", expected: "a whole number from 1 to 1000"
      ) { (1...1000).contains($0) },
      .samples(\.samples), .share("share", \.share, help: "the greatest share of the pixels that is hidden"),
      .baseline(\.baseline), .score(\.score), .seed(\.seed, of: "the pixels"),
    ])
}
