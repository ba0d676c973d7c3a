public import AttributionKit
public import Tensors

/// HSIC: how far the score depends on whether a cell of a grid is shown, by the Hilbert–Schmidt independence criterion.
///
///     HSICᵢ = tr(Kᵢ H L H) / (N−1)²,    Kᵢ = ½ − (zᵢ − zᵢ')²,    L = exp(−(y − y')² / 2σ²)             (eqs. 3 and 6)
///
/// `z` says of each of `N` random masks which cells it shows, `H` takes means away, and `σ` is the median distance of
/// two scores. Centred, `Kᵢ` is the product of what is left of `zᵢ`, so that the trace is a square form in `L`.
public struct HSIC: AttributionMethod {
  public var masks: Int
  public var cells: Int
  public var baseline: Baseline
  public var seed: UInt64
  /// What `σ` is the median of.
  public var bandwidth: Bandwidth

  /// What the width of the scores' kernel is taken from.
  public enum Bandwidth: String, Hashable, Sendable, CaseIterable, CustomStringConvertible {
    /// The distances of two scores.
    case distances
    /// The scores themselves, which a constant added to them changes, as in xplique.
    case scores

    public var description: String { rawValue }
  }

  public init(
    masks: Int = 500, cells: Int = 7, baseline: Baseline = .zero, seed: UInt64 = 0, bandwidth: Bandwidth = .distances
  ) {
    self.masks = masks
    self.cells = cells
    self.baseline = baseline
    self.seed = seed
    self.bandwidth = bandwidth
  }

  /// A forward pass for each mask.
  public func cost(on model: (any ModelAdapter)?) -> Cost { .forward(masks) }

  /// A map on the grid of the cells; none is negative.
  ///
  /// - Throws: ``AttributionError/unusableParameter(_:value:method:expected:)``, ``AttributionError/notAnImage(_:)``.
  public func attribution(in session: ExplanationSession) throws -> Attribution {
    for (name, value, least) in [("masks", masks, 2), ("cells", cells, 1)] where value < least {
      throw AttributionError.unusableParameter(
        name, value: "\(value)", method: "hsic", expected: "a whole number from \(least)")
    }
    let grid = try session.grid
    let shown = (0..<masks).map { index -> Tensor in
      var generator = SplitMix64(seed: seed, stream: index)
      return Tensor((0..<cells * cells).map { _ in generator.next() >> 63 == 1 ? 1 : 0 }, shape: [cells, cells])
    }
    let scores = try session.scores(ofMasks: masks, over: session.baseline(baseline, seed: seed)) {
      shown[$0].resized(height: grid.height, width: grid.width)
    }
    let facts = session.facts(on: baseline)
    if let settled = Attribution(judgingBy: scores, shape: [cells, cells], at: session.inputLayer, facts: facts) {
      return settled
    }
    return Attribution(Self.dependence(of: scores, on: shown, bandwidth), at: session.inputLayer, facts: facts)
  }

  /// `HSICᵢ` of each cell, in the shape of the masks: of two or more scores, one for each mask of zeros and ones.
  public static func dependence(of scores: [Float], on masks: [Tensor], _ bandwidth: Bandwidth = .distances) -> Tensor {
    let count = scores.count, cells = masks[0].scalars.count
    let widths =
      switch bandwidth {
      case .distances: scores.indices.flatMap { i in scores[..<i].map { abs($0 - scores[i]) } }
      case .scores: scores
      }
    let deviation = abs(Tensor(widths, shape: [widths.count]).percentile(50))
    let mean = masks.reduce(Tensor(repeating: 0, shape: masks[0].shape), +)
    let centered = masks.map { $0 - 1 / Float(count) * mean }
    var sums = Array(repeating: 0.0, count: cells)
    for i in 0..<count {
      // A row of L, times what is left of the masks: the sum over j of exp(−(yᵢ − yⱼ)²/2σ²)·zⱼ.
      let row = Tensor(scores, shape: [count]).map { y in
        let distance = deviation > 0 ? (y - scores[i]) / deviation : 0
        return -distance * distance / 2
      }.exponentials()
      var product = Tensor(repeating: 0, shape: masks[0].shape)
      for j in 0..<count { product.add(row[j], times: centered[j]) }
      for cell in 0..<cells { sums[cell] += Double(centered[i][cell]) * Double(product[cell]) }
    }
    return Tensor(sums.map { Float(2 * $0 / Double((count - 1) * (count - 1))) }, shape: masks[0].shape)
  }
}

extension HSIC {
  public static let descriptor = MethodDescriptor(
    "hsic", title: "HSIC", family: .perturbation,
    summary: "Regions on whose sight the score depends, in whatever way, by a kernel's measure of dependence.",
    citation: "Novello, Fel & Vigouroux, NeurIPS 2022, arXiv:2206.06219", needs: [], prototype: HSIC(),
    parameters: [
      Parameter(
        "masks", \.masks, help: "how many masks the image is seen through", expected: "a whole number from 2 to 10000"
      ) {
        (2...10_000).contains($0)
      },
      Parameter(
        "cells", \.cells, help: "how many cells a side of the grid has", expected: "a whole number from 1 to 64"
      ) {
        (1...64).contains($0)
      },
      Parameter("baseline", \.baseline, help: "what hidden cells show", expected: Baseline.expected),
      Parameter("seed", \.seed, help: "the number that decides the masks", expected: "a whole number from 0"),
      Parameter(
        "bandwidth", \.bandwidth, help: "what the width of the scores' kernel is the median of",
        among: Bandwidth.allCases),
    ])
}
