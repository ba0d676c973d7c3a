public import AttributionKit
import Tensors

/// Relative output stability: how much the map changes, number by number as shares, for a change of the logits.
///
///     max |(a(x) − a(x')) / a(x)|₂ / max(|h(x) − h(x')|₂, ε),    ŷ(x) = ŷ(x')
///
/// `a` is the map, with its signs, and `h` are the logits. The inputs `x'` are drawn at random from those nearby.
public struct RelativeOutputStability: AttributionMetric {
  public var samples: Int
  public var radius: Float
  public var seed: UInt64

  public init(samples: Int = 10, radius: Float = 0.02, seed: UInt64 = 0) {
    (self.samples, self.radius, self.seed) = (samples, radius, seed)
  }

  /// The method's, for each input nearby.
  public func cost(ofJudging method: any AttributionMethod, on model: (any ModelAdapter)?) -> Cost {
    Neighbors.cost(of: samples, by: method, on: model)
  }

  /// - Throws: ``AttributionError/notAnImage(_:)``; whatever the method throws.
  public func result(for explanation: Explanation) throws -> MetricResult {
    let logits = explanation.session.logits
    return try Neighbors(of: explanation, within: radius, seed: seed).relativeStability(samples) {
      $0.logits.distance(from: logits)
    }
  }
}

extension RelativeOutputStability {
  public static let descriptor = MetricDescriptor(
    "relative-output-stability", title: "Relative output stability", family: .robustness,
    summary: "How much the map changes, as shares, for a change of the logits, at the worst image nearby.",
    citation: "Agarwal et al., 2022, arXiv:2203.06877", better: .lower, range: 0 ... .infinity,
    prototype: RelativeOutputStability(), parameters: [.samples(\.samples), .radius(\.radius), .seed(\.seed)])
}
