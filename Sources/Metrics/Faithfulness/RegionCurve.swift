import AttributionKit
import Masks
import Tensors

extension Explanation {
  /// The score as regions of the image are hidden, one after another.
  ///
  /// - Parameters:
  ///   - regions: How the image is cut up.
  ///   - ranks: A number for each region: the greatest is hidden first, of equal ones the first.
  ///   - most: How many regions are hidden at most.
  ///   - cover: What stands in place of hidden pixels, in the input's shape.
  ///   - scale: In what the score is measured.
  ///   - name: What a legend calls the curve.
  /// - Returns: The score with none, one, two and more of the regions hidden.
  /// - Throws: ``AttributionError/notAnImage(_:)``, and whatever the model or the session's progress throws.
  func curve(
    hiding regions: Segmentation, byRank ranks: [Float], most: Int, over cover: Tensor, as scale: ScoreScale,
    named name: String
  ) throws -> MetricCurve {
    let order = Tensor(ranks, shape: [ranks.count]).descendingOrder().prefix(max(1, most))
    let (scored, unit) = try session.scaled(to: scale)
    let scores = try scored.scores(ofMasks: order.count, over: cover) { index in
      var shown = Array(repeating: true, count: regions.count)
      for region in order[...index] { shown[region] = false }
      return regions.mask(showing: shown)
    }
    return MetricCurve(
      name, places: "regions hidden", values: unit, x: (0...order.count).map(Float.init),
      y: [scored.score.value] + scores)
  }
}
