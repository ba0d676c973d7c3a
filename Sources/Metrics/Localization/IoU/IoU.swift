public import AttributionKit

/// Intersection over union of the object and what of the map is above a share of its maximum.
///
///     |{M ≥ t·max M} ∩ O| / |{M ≥ t·max M} ∪ O|
///
/// `M` is the evidence as it is drawn; where it is zero, nothing is above any share.
public struct IoU: AttributionMetric {
  public var threshold: IoUThreshold

  public init(threshold: IoUThreshold = .share(0.2)) { self.threshold = threshold }

  /// - Throws: ``AttributionError/notAnImage(_:)``.
  public func result(for explanation: Explanation) throws -> MetricResult {
    explanation.held(try explanation.evidence(), as: .evidence) { map in
      let shares = (0...100).map { Float($0) / 100 }
      let curve = MetricCurve(
        Self.descriptor.identifier, places: "share of the maximum", values: "intersection over union",
        x: shares, y: shares.map(map.intersectionOverUnion))
      switch threshold {
      case .share(let share): return MetricResult(map.intersectionOverUnion(above: share), curves: [curve])
      case .best: return MetricResult(curve.y.max() ?? 0, curves: [curve])
      }
    }
  }
}

/// Where a map is cut in two to be held against an object.
public enum IoUThreshold: Hashable, Sendable, LosslessStringConvertible {
  /// At a share of the map's maximum, from 0 to 1.
  case share(Float)
  /// Where it fits the object best, of all whole percents of the maximum.
  case best

  public init?(_ description: String) {
    if description == "best" {
      self = .best
    } else if let share = Float(description), 0...1 ~= share {
      self = .share(share)
    } else {
      return nil
    }
  }

  public var description: String {
    switch self {
    case .share(let share): "\(share)"
    case .best: "best"
    }
  }
}

extension LocatedMap {
  func intersectionOverUnion(above share: Float) -> Float {
    let least = share * (values.max() ?? 0)
    var (found, shared) = (0, 0)
    for (value, isInside) in zip(values, isInside) where value >= least && value > 0 {
      found += 1
      if isInside { shared += 1 }
    }
    return Float(shared) / Float(size + found - shared)
  }
}

extension IoU {
  public static let descriptor = MetricDescriptor(
    "iou", title: "Intersection over union", family: .localization,
    summary: "How well the map, cut at a share of its maximum, covers the object and nothing else.",
    citation: "Zhou et al., CVPR 2016, arXiv:1512.04150", better: .higher, range: 0...1, needsObject: true,
    prototype: IoU(),
    parameters: [
      Parameter(
        "threshold", \.threshold, help: "the share of the maximum at which the map is cut",
        expected: "a number from 0 to 1, or best")
    ])
}
