public import AttributionKit
import Tensors

/// Relative input stability: how much more the map changes than the image does, both number by number as shares.
///
///     max |(a(x) − a(x')) / a(x)|₂ / max(|(x − x') / x|₂, ε),    ŷ(x) = ŷ(x')
///
/// `a` is the map, with its signs. The inputs `x'` are drawn at random from those nearby.
public struct RelativeInputStability: AttributionMetric {
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
    let input = explanation.session.input
    return try Neighbors(of: explanation, within: radius, seed: seed).relativeStability(samples) {
      $0.input.relativeDistance(from: input)
    }
  }
}

extension RelativeInputStability {
  public static let descriptor = MetricDescriptor(
    "relative-input-stability", title: "Relative input stability", family: .robustness,
    summary: "How much more the map changes than the image does, both as shares, at the worst image nearby.",
    citation: "Agarwal et al., 2022, arXiv:2203.06877", better: .lower, range: 0 ... .infinity,
    prototype: RelativeInputStability(), parameters: [.samples(\.samples), .radius(\.radius), .seed(\.seed)])
}
