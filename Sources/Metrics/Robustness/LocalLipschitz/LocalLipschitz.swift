public import AttributionKit
import Tensors

/// The local Lipschitz estimate: the greatest change of the map for a change of the image.
///
///     max |a(x') − a(x)|₂ / |x' − x|₂,    xᵢ' = xᵢ + u, |u| ≤ r
///
/// `a` is the map, with its signs, divided by its norm `|a(x)|₂`, and images are measured from black, 0, to white, 1, so that
/// neither the unit of the map nor that of the network's input matters. The inputs `x'` are drawn at random.
public struct LocalLipschitz: AttributionMetric {
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
    let neighbors = try Neighbors(of: explanation, within: radius, seed: seed), session = explanation.session
    guard let changes = try neighbors.sensitivities(samples) else { return .ofEmptyMap }
    let grid = try session.grid, extents = try session.colorExtents
    let slopes = changes.indices.map { index -> Float in
      let step = grid.planes(neighbors.input(index) - session.input) / extents
      return changes[index] / Float(step.norm)
    }
    return MetricResult(slopes.max() ?? 0)
  }
}

extension LocalLipschitz {
  public static let descriptor = MetricDescriptor(
    "local-lipschitz", title: "Local Lipschitz estimate", family: .robustness,
    summary: "The greatest change of the map, as a share of it, for a change of the image of size one.",
    citation: "Alvarez-Melis & Jaakkola, 2018, arXiv:1806.08049", better: .lower, range: 0 ... .infinity,
    prototype: LocalLipschitz(), parameters: [.samples(\.samples), .radius(\.radius), .seed(\.seed)])
}
