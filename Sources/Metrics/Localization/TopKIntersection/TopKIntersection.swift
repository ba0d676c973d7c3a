public import AttributionKit

/// Top-k intersection: how many of the k highest pixels lie on the object.
///
///     |P_k ∩ O| / k,    P_k the k pixels that the map ranks highest
///
/// Pixels that tie for the last places each count by the share of them that there is room for.
public struct TopKIntersection: AttributionMetric {
  /// `k`; as many as the image has at most.
  public var pixels: Int

  public init(pixels: Int = 1000) { self.pixels = pixels }

  /// - Throws: ``AttributionError/notAnImage(_:)``.
  public func result(for explanation: Explanation) throws -> MetricResult {
    explanation.held(try explanation.importance(), as: .order) { map in
      let k = min(max(pixels, 1), map.values.count)
      let remark = "the object has \(map.size) pixels, fewer than the \(k) that are taken"
      return MetricResult(
        Float(map.hits(amongHighest: k) / Double(k)), remarks: map.size < k ? [remark] : [])
    }
  }
}

extension TopKIntersection {
  public static let descriptor = MetricDescriptor(
    "top-k-intersection", title: "Top-k intersection", family: .localization,
    summary: "How many of the k highest pixels lie on the object.",
    citation: "Theiner, Müller-Budack & Ewerth, WACV 2022, arXiv:2104.14995", better: .higher, range: 0...1,
    needsObject: true, prototype: TopKIntersection(),
    parameters: [
      Parameter(
        "pixels", \.pixels, help: "how many of the highest pixels are taken", expected: "a whole number from 1"
      ) { $0 >= 1 }
    ])
}
