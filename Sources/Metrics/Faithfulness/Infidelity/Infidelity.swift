public import AttributionKit
import Tensors

/// Infidelity: how far what the map gives to a square of pixels is from what the score loses without it, squared.
///
///     E[(β·Σₚ mₚaₚ − (y(x) − y(x̃)))²],    β = E[Σₚ mₚaₚ · (y(x) − y(x̃))] / E[(Σₚ mₚaₚ)²]                  (def. 2.1)
///
/// `m` is 1 in a square at a random place, where `x̃` has the baseline in place of the image. The factor `β` is the best there
/// is, so that the number does not depend on the unit of the map.
public struct Infidelity: AttributionMetric {
  public var samples: Int
  public var side: Float
  public var baseline: Baseline
  public var score: ScoreScale
  public var scaled: Bool
  public var seed: UInt64

  public init(
    samples: Int = 50, side: Float = 0.25, baseline: Baseline = .mean, score: ScoreScale = .probability,
    scaled: Bool = true, seed: UInt64 = 0
  ) {
    (self.samples, self.side, self.baseline, self.score) = (samples, side, baseline, score)
    (self.scaled, self.seed) = (scaled, seed)
  }

  /// A forward pass for each square.
  public func cost(ofJudging method: any AttributionMethod, on model: (any ModelAdapter)?) -> Cost {
    .forward(samples)
  }

  /// - Throws: ``AttributionError/notAnImage(_:)``, ``AttributionError/unknownColors(_:)`` of the baseline.
  public func result(for explanation: Explanation) throws -> MetricResult {
    let session = explanation.session, grid = try session.grid
    let removals = try explanation.removals(
      samples, over: session.baseline(baseline, seed: seed), as: score
    ) { mask($0, height: grid.height, width: grid.width) }
    let pairs = zip(removals.attributed, removals.drops).map { (Double($0), Double($1)) }
    let product = pairs.reduce(0) { $0 + $1.0 * $1.1 }, square = pairs.reduce(0) { $0 + $1.0 * $1.0 }
    // Where the map gives nothing to any square no factor is better than another.
    let factor = !scaled ? 1 : square > 0 ? product / square : 0
    let error = pairs.reduce(0) { $0 + (factor * $1.0 - $1.1) * (factor * $1.0 - $1.1) } / Double(samples)
    return MetricResult(
      Float(error), curves: [removals.curve(named: Self.descriptor.identifier)],
      remarks: explanation.remarks(on: baseline))
  }

  /// Zero in a square of the given share of the image's shorter side, and one elsewhere.
  func mask(_ index: Int, height: Int, width: Int) -> Tensor {
    var generator = SplitMix64(seed: seed, stream: index)
    let side = max(1, min(height, width, Int((side * Float(min(height, width))).rounded())))
    let (top, left) = (generator.below(height - side + 1), generator.below(width - side + 1))
    var mask = Tensor(repeating: 1, shape: [height, width])
    for y in top..<top + side { for x in left..<left + side { mask[y * width + x] = 0 } }
    return mask
  }
}

extension Infidelity {
  public static let descriptor = MetricDescriptor(
    "infidelity", title: "Infidelity", family: .faithfulness,
    summary: "The squared error of the map in telling what the score loses with a square of pixels.",
    citation: "Yeh, Hsieh, Suggala, Inouye & Ravikumar, NeurIPS 2019, arXiv:1901.09392", better: .lower,
    range: 0 ... .infinity, prototype: Infidelity(),
    parameters: [
      .samples(\.samples),
      .share("side", \.side, help: "the side of a square, as a share of the image's shorter side"),
      .baseline(\.baseline), .score(\.score),
      Parameter(
        "scaled", \.scaled, help: "whether the map is multiplied by the best factor first", expected: "true or false"),
      .seed(\.seed, of: "the squares"),
    ])
}
