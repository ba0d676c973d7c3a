public import AttributionKit
import Masks
import Tensors

/// Sobol: the share of the score's variance, under masks that dim cells of a grid, that each cell has a part in.
///
///     S_Tᵢ = Σₖ (y(aₖ) − y(cₖ⁽ⁱ⁾))² / (2·N·Var(y))                       (eq. 5, the estimator of Jansen)
///
/// `a` and `b` are points of a Sobol' sequence, a number from 0 to 1 for each cell, and `c⁽ⁱ⁾` is `a` with cell `i` from `b`.
public struct Sobol: AttributionMethod {
  public var designs: Int
  public var cells: Int
  public var baseline: Baseline
  public var seed: UInt64

  public init(designs: Int = 8, cells: Int = 7, baseline: Baseline = .zero, seed: UInt64 = 0) {
    self.designs = designs
    self.cells = cells
    self.baseline = baseline
    self.seed = seed
  }

  /// For each design a forward pass for `a`, and one for each cell that is changed.
  public func cost(on model: (any ModelAdapter)?) -> Cost { .forward(designs * (cells * cells + 1)) }

  /// A map on the grid of the cells; none is negative.
  ///
  /// - Throws: ``AttributionError/unusableParameter(_:value:method:expected:)``, ``AttributionError/notAnImage(_:)``.
  public func attribution(in session: ExplanationSession) throws -> Attribution {
    for (name, value, least) in [("designs", designs, 2), ("cells", cells, 1)] where value < least {
      throw AttributionError.unusableParameter(
        name, value: "\(value)", method: "sobol", expected: "a whole number from \(least)")
    }
    let grid = try session.grid, count = cells * cells
    let points = SobolSequence(dimensions: 2 * count, seed: seed)
    // Of each design first `a`, then `c` for each cell.
    let scores = try session.scores(ofMasks: designs * (count + 1), over: session.baseline(baseline, seed: seed)) {
      let (design, place) = $0.quotientAndRemainder(dividingBy: count + 1)
      let point = points[design]
      var mask = Tensor(Array(point.prefix(count)), shape: [cells, cells])
      if place > 0 { mask[place - 1] = point[count + place - 1] }
      return mask.resized(height: grid.height, width: grid.width)
    }
    let facts = session.facts(on: baseline)
    if let settled = Attribution(judgingBy: scores, shape: [cells, cells], at: session.inputLayer, facts: facts) {
      return settled
    }
    let a = (0..<designs).map { scores[$0 * (count + 1)] }, mean = a.reduce(0, +) / Float(designs)
    let variance = a.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Float(designs - 1)
    let indices = (1...count).map { place in
      let sum = (0..<designs).reduce(Float(0)) { sum, design in
        let change = a[design] - scores[design * (count + 1) + place]
        return sum + change * change
      }
      return variance > 0 ? sum / (2 * Float(designs) * variance) : 0
    }
    return Attribution(Tensor(indices, shape: [cells, cells]), at: session.inputLayer, facts: facts)
  }
}

extension Sobol {
  public static let descriptor = MethodDescriptor(
    "sobol", title: "Sobol", family: .perturbation,
    summary: "Regions by their part in the score's variance when everything is dimmed at random, alone or with others.",
    citation: "Fel et al., NeurIPS 2021, arXiv:2111.04138", needs: [], prototype: Sobol(),
    parameters: [
      Parameter(
        "designs", \.designs, help: "how many points the variance is taken over",
        expected: "a whole number from 2 to 10000"
      ) { (2...10_000).contains($0) },
      Parameter(
        "cells", \.cells, help: "how many cells a side of the grid has", expected: "a whole number from 1 to 64"
      ) {
        (1...64).contains($0)
      },
      Parameter("baseline", \.baseline, help: "what shows through as cells are dimmed", expected: Baseline.expected),
      Parameter("seed", \.seed, help: "the number that shifts the points", expected: "a whole number from 0"),
    ])
}
