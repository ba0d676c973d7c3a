public import AttributionKit
public import Tensors

/// Noise on the target layer's grid: what a method must beat to say anything.
public struct Random: LayerMethod {
  public var seed: UInt64
  public var targetLayer: TargetLayer

  public init(seed: UInt64 = 0, targetLayer: TargetLayer = .automatic) {
    self.seed = seed
    self.targetLayer = targetLayer
  }

  public func map(on layer: Layer, in session: ExplanationSession) throws -> Tensor {
    Tensor(gaussianNoise: Array(layer.shape.suffix(2)), seed: seed)
  }

  public func cost(on model: (any ModelAdapter)?) -> Cost { .zero }
}

extension Random {
  public static let descriptor = MethodDescriptor(
    "random", title: "Random", family: .controls, summary: "Noise, the control for every comparison.",
    citation: "The control in Adebayo et al., NeurIPS 2018, arXiv:1810.03292", needs: [.spatialLayer],
    prototype: Random(),
    parameters: [
      Parameter("seed", \.seed, help: "the number that decides the noise", expected: "a whole number from 0"),
      .layer(\.targetLayer),
    ])
}
