public import AttributionKit
import Tensors

/// Pointing game: whether the map's maximum lies on the object.
///
///     hit = 1  where  minₒ ‖argmax M − o‖ ≤ tolerance,    o the object's pixels
///
/// Of equal maxima, the share that hit.
public struct PointingGame: AttributionMetric {
  /// How many pixels beside the object still hit it.
  public var tolerance: Int
  public var ties: Ties

  /// What equal maxima come to.
  public enum Ties: String, Hashable, Sendable, CaseIterable, CustomStringConvertible {
    /// The share of them that hit.
    case share
    /// A hit where any of them does, as Quantus has it.
    case any

    public var description: String { rawValue }
  }

  public init(tolerance: Int = 15, ties: Ties = .share) { (self.tolerance, self.ties) = (tolerance, ties) }

  /// - Throws: ``AttributionError/notAnImage(_:)``.
  public func result(for explanation: Explanation) throws -> MetricResult {
    explanation.held(try explanation.importance(), as: .evidence) { map in
      let greatest = map.values.max() ?? 0
      let maxima = map.values.indices.filter { map.values[$0] == greatest }
      let hits = maxima.count { map.isOnObject($0, within: tolerance) }
      guard ties == .share else { return MetricResult(hits > 0 ? 1 : 0) }
      return MetricResult(Float(hits) / Float(maxima.count))
    }
  }
}

extension LocatedMap {
  /// Whether a pixel of the object lies within a disc around this one.
  func isOnObject(_ pixel: Int, within tolerance: Int) -> Bool {
    if isInside[pixel] { return true }
    let (y, x) = pixel.quotientAndRemainder(dividingBy: width)
    return (max(0, y - tolerance)...min(height - 1, y + tolerance)).contains { row in
      let reach = Int(Double(tolerance * tolerance - (row - y) * (row - y)).squareRoot())
      return (max(0, x - reach)...min(width - 1, x + reach)).contains { isInside[row * width + $0] }
    }
  }
}

extension PointingGame {
  public static let descriptor = MetricDescriptor(
    "pointing-game", title: "Pointing game", family: .localization,
    summary: "Whether the map's maximum lies on the object.",
    citation: "Zhang et al., ECCV 2016, arXiv:1608.00507", better: .higher, range: 0...1, needsObject: true,
    prototype: PointingGame(),
    parameters: [
      Parameter(
        "tolerance", \.tolerance, help: "how many pixels beside the object still hit it",
        expected: "a whole number of pixels from 0 to 1000"
      ) { (0...1000).contains($0) },
      Parameter("ties", \.ties, help: "what equal maxima come to", among: Ties.allCases),
    ])
}
