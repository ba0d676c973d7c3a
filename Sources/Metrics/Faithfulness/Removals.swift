import AttributionKit
import Tensors

/// Random choices of pixels that were hidden: what the map gives them, and what the score lost.
struct Removals {
  /// `Σₚ aₚ` over the pixels hidden, for each choice; `a` is the balance of the explanation.
  let attributed: [Float]
  /// `y(x) − y(x̃)`, for each choice.
  let drops: [Float]
  let unit: String

  /// How nearly the drops are a linear function of what the map gives.
  ///
  /// - Returns: `nil` where either are all alike.
  var pearson: Float? { Correlation.pearson(attributed, drops) }

  /// How nearly the drops have the order of what the map gives.
  ///
  /// - Returns: `nil` where either are all alike.
  var spearman: Float? { Correlation.spearman(attributed, drops) }

  /// Why there is no correlation.
  var whyUncorrelated: String {
    Set(attributed).count < 2
      ? "the map gives every choice of pixels the same" : "the score is the same whatever is hidden"
  }

  /// Each choice as a point, in the order of what the map gives.
  func curve(named name: String) -> MetricCurve {
    let order = attributed.indices.sorted { (attributed[$0], $0) < (attributed[$1], $1) }
    return MetricCurve(
      name, places: "attributed to the pixels hidden", values: "loss of \(unit)", x: order.map { attributed[$0] },
      y: order.map { drops[$0] })
  }
}

extension Explanation {
  /// Hides pixels by each of many masks.
  ///
  /// - Parameters:
  ///   - count: How many masks there are.
  ///   - cover: What stands in place of hidden pixels, in the input's shape.
  ///   - scale: In what the score is measured.
  ///   - mask: Makes a mask `[height, width]`, 0 where the pixels are hidden and 1 elsewhere.
  /// - Returns: What the map gives and what the score lost, for each mask.
  /// - Throws: ``AttributionError/notAnImage(_:)``, and whatever the model or the session's progress throws.
  func removals(
    _ count: Int, over cover: Tensor, as scale: ScoreScale, mask: (Int) -> Tensor
  ) throws -> Removals {
    let balance = try balance(), (scored, unit) = try session.scaled(to: scale)
    var attributed = Array(repeating: Float(0), count: count)
    let scores = try scored.scores(ofMasks: count, over: cover) { index in
      let mask = mask(index)
      attributed[index] = Float(
        zip(mask.scalars, balance.scalars).reduce(0.0) { $0 + (1 - Double($1.0)) * Double($1.1) })
      return mask
    }
    return Removals(attributed: attributed, drops: scores.map { scored.score.value - $0 }, unit: unit)
  }
}

extension SplitMix64 {
  /// A mask `[height, width]` of ones, but zeros at so many places drawn at random, each choice as likely as another.
  mutating func mask(hiding hidden: Int, height: Int, width: Int) -> Tensor {
    var order = Array(0..<height * width), mask = Tensor(repeating: 1, shape: [height, width])
    for place in 0..<min(hidden, order.count) {
      order.swapAt(place, place + below(order.count - place))
      mask[order[place]] = 0
    }
    return mask
  }
}
