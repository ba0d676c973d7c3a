public import AttributionKit
import Tensors

/// Noise on the target layer's grid: what a method must beat to say anything.
public struct Random: AttributionMethod {
  public var seed: UInt64
  public var targetLayer: TargetLayer

  public init(seed: UInt64 = 0, targetLayer: TargetLayer = .automatic) {
    self.seed = seed
    self.targetLayer = targetLayer
  }

  public func attribution(in session: ExplanationSession) throws -> Attribution {
    let layer = try targetLayer.resolve(in: session.model)
    return Attribution(Tensor(gaussianNoise: Array(layer.shape.suffix(2)), seed: seed), at: layer)
  }
}

extension Random {
  public static let descriptor = MethodDescriptor(
    "random", title: "Random", summary: "Noise, the control for every comparison.",
    citation: "The control in Adebayo et al., NeurIPS 2018, arXiv:1810.03292", needs: .spatialLayer,
    prototype: Random(),
    parameters: [
      Parameter("seed", \.seed, help: "the number that decides the noise", expected: "a whole number from 0"),
      .layer(\.targetLayer),
    ])
}
