public import AttributionKit
import Masks
import Tensors

/// μ-fidelity: how nearly random cells of a grid have the same order by what the map gives to them and by what the score
/// loses without them.
///
///     ρ_S(Σ_{p∈S} aₚ, y(x) − y(x with x₀ at S))
///
/// It is faithfulness correlation on cells, each hidden by itself with the same probability, and by Spearman's correlation.
public struct MuFidelity: AttributionMetric {
  public var samples: Int
  public var cells: Int
  public var share: Float
  public var baseline: Baseline
  public var score: ScoreScale
  public var uncorrelated: Uncorrelated
  public var seed: UInt64

  /// What a map has that no correlation can be told of.
  public enum Uncorrelated: String, Hashable, Sendable, CaseIterable, CustomStringConvertible {
    /// No number.
    case undefined
    /// Zero, as xplique has it.
    case zero

    public var description: String { rawValue }
  }

  public init(
    samples: Int = 200, cells: Int = 9, share: Float = 0.2, baseline: Baseline = .mean,
    score: ScoreScale = .probability, uncorrelated: Uncorrelated = .undefined, seed: UInt64 = 0
  ) {
    (self.samples, self.cells, self.share, self.uncorrelated) = (samples, cells, share, uncorrelated)
    (self.baseline, self.score, self.seed) = (baseline, score, seed)
  }

  /// A forward pass for each choice of cells.
  public func cost(ofJudging method: any AttributionMethod, on model: (any ModelAdapter)?) -> Cost {
    .forward(samples)
  }

  /// - Throws: ``AttributionError/notAnImage(_:)``, ``AttributionError/unknownColors(_:)`` of the baseline.
  public func result(for explanation: Explanation) throws -> MetricResult {
    let session = explanation.session, grid = try session.grid
    let regions = Segmentation.grid(rows: cells, columns: cells, height: grid.height, width: grid.width)
    let masks = RandomSegmentMasks(of: regions, probability: 1 - share, seed: seed)
    let removals = try explanation.removals(
      samples, over: session.baseline(baseline, seed: seed), as: score
    ) { masks[$0] }
    guard let correlation = removals.spearman else {
      return uncorrelated == .zero
        ? MetricResult(0, remarks: [removals.whyUncorrelated]) : .undefined(removals.whyUncorrelated)
    }
    return MetricResult(
      correlation, curves: [removals.curve(named: Self.descriptor.identifier)],
      remarks: explanation.remarks(on: baseline))
  }
}

extension MuFidelity {
  public static let descriptor = MetricDescriptor(
    "mu-fidelity", title: "μ-fidelity", family: .faithfulness,
    summary: "How nearly random cells have the same order by the map and by what the score loses without them.",
    citation: "Bhatt, Weller & Moura, IJCAI 2020, arXiv:2005.00631; Fel et al., 2022, arXiv:2206.04394",
    better: .higher, range: -1...1, prototype: MuFidelity(),
    parameters: [
      .samples(\.samples),
      Parameter(
        "cells", \.cells, help: "how many cells a side of the grid has", expected: "a whole number from 1 to 1000"
      ) { (1...1000).contains($0) },
      .share("share", \.share, help: "how likely a cell is hidden"),
      .baseline(\.baseline), .score(\.score),
      Parameter(
        "uncorrelated", \.uncorrelated, help: "what a map has that no correlation can be told of",
        among: Uncorrelated.allCases),
      .seed(\.seed, of: "the cells"),
    ])
}
