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

  /// Noise on the layer's grid; where the network has no layer with places and none is named, on the image's.
  ///
  /// - Throws: ``AttributionError`` where there is no such layer; ``AttributionError/notAnImage(_:)``.
  public func attribution(in session: ExplanationSession) throws -> Attribution {
    guard targetLayer != .automatic || session.model.automaticLayer != nil else {
      let grid = try session.grid
      return Attribution(
        Tensor(gaussianNoise: [grid.height, grid.width], seed: seed), at: session.inputLayer,
        facts: [.remark("no layer of the network has places, so that the noise is the image's")])
    }
    let layer = try targetLayer.resolve(in: session.model)
    return Attribution(try map(on: layer, in: session), at: layer)
  }

  public func map(on layer: Layer, in session: ExplanationSession) throws -> Tensor {
    Tensor(gaussianNoise: Array(layer.shape.suffix(2)), seed: seed)
  }

  public func cost(on model: (any ModelAdapter)?) -> Cost { .zero }
}

extension Random {
  public static let descriptor = MethodDescriptor(
    "random", title: "Random", family: .controls, summary: "Noise, the control for every comparison.",
    citation: "The control in Adebayo et al., NeurIPS 2018, arXiv:1810.03292", needs: [],
    prototype: Random(),
    parameters: [
      Parameter("seed", \.seed, help: "the number that decides the noise", expected: "a whole number from 0"),
      .layer(\.targetLayer),
    ])
}
