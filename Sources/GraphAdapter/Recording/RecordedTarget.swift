import AttributionKit
import Tensors

/// A target whose class, or whose places, the recording does not know.
struct RecordedTarget: Target {
  let kind: Kind
  /// The derivative of the score found on the session's own input.
  var slope: Tensor?

  /// What is known of the class.
  enum Kind: Sendable {
    case open(OpenTarget)
    /// The derivative by the scores of one place; one at the class that it speaks for, minus one for what speaks against.
    case given(slope: Tensor, side: Tensor)
  }

  var isLinear: Bool { true }

  func score(of outputs: Outputs) throws -> Score {
    let slope = try self.slope ?? slope(in: outputs)
    // Whoever reads the value must find another number in each run.
    let value = zip(slope.scalars, outputs.logits.scalars).reduce(Float(0)) { $0 + $1.0 * $1.1 }
    return Score(value: value, cotangent: slope)
  }

  func pinned(to outputs: Outputs) throws -> any Target {
    RecordedTarget(kind: kind, slope: try slope ?? slope(in: outputs))
  }

  private func slope(in outputs: Outputs) throws -> Tensor {
    let scores = outputs.logits
    guard let link = outputs.link, [1, 3].contains(scores.shape.count) else { throw AttributionError.notAboutAClass }
    if scores.shape.count == 1 { return classSlope(in: scores, threshold: link.threshold).slope }
    // Of maps, the class that is predicted for most places, and those.
    let shares = PlaceShares.shares(of: scores, link).recorded(from: NetworkSource.placeShares(link), of: [scores])
    let half = PlaceShares.half(of: scores.shape[1] * scores.shape[2])
    let (own, side) = classSlope(in: shares, threshold: half)
    let places = Tensor(repeating: 1, shape: Array(scores.shape.dropFirst()))
      .recorded(from: NetworkSource.places(link, mayBeAgainst: mayBeAgainst(scores.shape[0])), of: [side, scores])
    return .outer(own, places.dividedOrZero(by: places.total()))
  }

  /// Whether it may speak against a class rather than for it.
  private func mayBeAgainst(_ classes: Int) -> Bool {
    switch kind {
    case .given(_, let side): side.scalars.contains { $0 < 0 }
    case .open(.prediction): classes == 1
    case .open(.chosen): false
    }
  }

  private func classSlope(in scores: Tensor, threshold: Float) -> (slope: Tensor, side: Tensor) {
    let count = scores.shape[0], one = Tensor.oneHot(scores.descendingOrder()[0], count: count)
    let found: Tensor
    switch kind {
    case .given(let slope, let side): return (slope, side)
    case .open(.chosen): found = one.recorded(from: NetworkSource.chosenClass(count: count))
    case .open(.prediction) where count == 1:
      found = one.recorded(from: NetworkSource.side(threshold: threshold), of: [scores])
    case .open(.prediction): found = one.recorded(from: NetworkSource.prediction, of: [scores])
    }
    return (found, found)
  }
}

extension RecordedTarget {
  /// A target over the places of a segmentation that are predicted as its class; `nil` for others, which are recorded as
  /// they are.
  ///
  /// - Throws: What the target throws.
  init?(_ target: any Target, classes: Int, link: ProbabilityLink?) throws {
    guard let region = target as? RegionMean, case .predicted = region.region, region.base.isLinear, let link else {
      return nil
    }
    // A linear target's derivative is the same at any scores.
    let score = try region.base.score(of: Outputs(logits: Tensor(repeating: 0, shape: [classes]), link: link))
    guard let slope = score.cotangents[0], let index = score.classIndex else { return nil }
    let own = Tensor.oneHot(index, count: classes)
    self.init(kind: .given(slope: slope, side: score.isNegative ? -own : own))
  }
}
