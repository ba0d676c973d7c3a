public import AttributionKit
import Tensors

/// Area under the ROC curve of the map as a classifier of the object's pixels.
///
///     P(Mₚ > M_q) + ½ P(Mₚ = M_q),    p a pixel of the object and q one beside it
///
/// Equal values share their ranks, so that the curve is straight across them.
public struct AUC: AttributionMetric {
  public init() {}

  /// - Throws: ``AttributionError/notAnImage(_:)``.
  public func result(for explanation: Explanation) throws -> MetricResult {
    explanation.held(try explanation.importance(), as: .order) { map in
      let outside = map.values.count - map.size
      guard outside > 0 else { return .undefined("the object fills the image") }
      let (area, corners) = map.receiverOperatingCharacteristic()
      let curve = MetricCurve(
        "ROC", places: "share of the other pixels found", values: "share of the object's pixels found",
        x: corners.map { Float($0.outside) / Float(outside) }, y: corners.map { Float($0.inside) / Float(map.size) })
      return MetricResult(Float(area / (Double(map.size) * Double(outside))), curves: [curve])
    }
  }
}

extension LocatedMap {
  /// How many pixels beside and on the object a threshold lets through.
  typealias Found = (outside: Int, inside: Int)

  /// The pairs of a pixel on the object and one beside it that the map has in the right order, a tie counting half; and
  /// what is found at about two hundred falling thresholds, from nothing to everything.
  func receiverOperatingCharacteristic() -> (pairs: Double, corners: [Found]) {
    let order = Tensor(values, shape: [values.count]).descendingOrder()
    var (found, pairs, corners): (Found, Double, [Found]) = ((0, 0), 0, [(0, 0)])
    for (place, pixel) in order.enumerated() {
      let last = corners[corners.count - 1]
      if isInside[pixel] { found.inside += 1 } else { found.outside += 1 }
      // Equal values are found at once.
      if place + 1 < order.count, values[order[place + 1]] == values[pixel] { continue }
      pairs += Double(found.outside - last.outside) * Double(found.inside + last.inside) / 2
      corners.append(found)
    }
    let step = max(1, corners.count / 200)
    return (pairs, corners.indices.filter { $0 % step == 0 || $0 == corners.count - 1 }.map { corners[$0] })
  }
}

extension AUC {
  public static let descriptor = MetricDescriptor(
    "auc", title: "Area under the ROC curve", family: .localization,
    summary: "How well a threshold on the map tells the object's pixels from the others.",
    citation: "Fawcett, Pattern Recognition Letters 2006, doi:10.1016/j.patrec.2005.10.010", better: .higher,
    range: 0...1, needsObject: true, prototype: AUC())
}
