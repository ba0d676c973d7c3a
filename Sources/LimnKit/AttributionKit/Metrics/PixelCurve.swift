public import Tensors

/// What becomes of the score as more and more pixels are shown or hidden, the most important first.
///
///     x(k) = m(k) ⊙ x + (1 − m(k)) ⊙ x₀
///
/// `m(k)` is 1 at the first `k` pixels of the order and 0 elsewhere where they are shown, and the reverse where they are
/// hidden; `x₀` is what stands in place of hidden pixels.
public enum PixelChange: Hashable, Sendable {
  case showing, hiding
}

extension Explanation {
  /// The score at evenly many steps from none to all pixels.
  ///
  /// - Parameters:
  ///   - change: Whether the pixels are shown, beginning with none of the image, or hidden, beginning with all of it.
  ///   - order: Every pixel of the input's ``ExplanationSession/grid`` by its index, row by row, in the order in which it is
  ///     changed.
  ///   - steps: How many steps lead from none to all of them; as many as there are pixels at most.
  ///   - cover: What stands in place of hidden pixels, in the input's shape.
  ///   - scale: In what the score is measured.
  ///   - name: What a legend calls the curve.
  /// - Returns: The score after every step, the first being none: `steps + 1` values over the share of pixels changed.
  /// - Throws: ``AttributionError/notAnImage(_:)``, and whatever the model or the session's progress throws.
  public func curve(
    _ change: PixelChange, in order: [Int], steps: Int, over cover: Tensor, as scale: ScoreScale, named name: String
  ) throws -> MetricCurve {
    let grid = try session.grid, count = order.count
    precondition(count == grid.height * grid.width, "\(count) pixels in the order of \(grid.height) × \(grid.width)")
    let steps = max(1, min(steps, count))
    let counts = (0...steps).map { Int((Double($0) * Double(count) / Double(steps)).rounded()) }
    let (scored, unit) = try session.scaled(to: scale)
    let (before, after): (Float, Float) = change == .showing ? (0, 1) : (1, 0)
    let scores = try scored.scores(ofMasks: counts.count, over: cover) { step in
      var mask = Tensor(repeating: before, shape: [grid.height, grid.width])
      mask.withMutableScalars { mask in for pixel in order[..<counts[step]] { mask[pixel] = after } }
      return mask
    }
    return MetricCurve(
      name, places: "share of pixels \(change == .showing ? "shown" : "hidden")", values: unit,
      x: counts.map { Float($0) / Float(count) }, y: scores)
  }
}
