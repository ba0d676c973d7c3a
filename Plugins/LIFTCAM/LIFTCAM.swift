public import AttributionKit
public import Tensors

/// LIFT-CAM: a channel matters as much as DeepLIFT hands it of the score, against a layer that is all zero.
///
///     wₖ = Σᵢⱼ Aₖᵢⱼ · mₖᵢⱼ,    Σₖ wₖ = y(A) − y(0)
///
/// `m` are the multipliers of DeepLIFT's rescale rule through the network after the layer: an estimate of the Shapley
/// values of the channels, exact where that is affine.
public struct LIFTCAM: ClassActivationMapping {
  public var targetLayer: TargetLayer

  public init(targetLayer: TargetLayer = .automatic) { self.targetLayer = targetLayer }

  /// - Throws: ``AttributionError/cannotResume(after:)``.
  public func channelWeights(of layer: Layer, in session: ExplanationSession) throws -> Tensor {
    try shares(of: layer, in: session).values
  }

  /// With a remark where the weights do not add up to what the layer adds to the score.
  public func attribution(in session: ExplanationSession) throws -> Attribution {
    let layer = try targetLayer.resolve(in: session.model), (weights, whole) = try shares(of: layer, in: session)
    let sum = weights.scalars.reduce(0, +)
    let isComplete = abs(sum - whole) <= 0.01 * max(abs(whole), weights.magnitudes().scalars.max() ?? 0)
    return Attribution(
      try session.activation(at: layer).channelSum(weighedBy: weights), at: layer,
      facts: isComplete
        ? []
        : [
          .remark(
            "the channels' shares add up to \(sum), where the layer adds \(whole) to the score: it is followed by steps "
              + "that the rescale rule does not know")
        ])
  }

  /// A run after the layer, and one walk back.
  public func cost(on model: (any ModelAdapter)?) -> Cost {
    .resumedRun(after: targetLayer, of: model) + .walk(under: "lift-cam")
  }

  /// The channels' shares, and what they should add up to.
  private func shares(of layer: Layer, in session: ExplanationSession) throws -> (values: Tensor, whole: Float) {
    let a = try session.activation(at: layer)
    let reference = try session.resumed(replacing: layer, with: Tensor(repeating: 0, shape: layer.shape))
    let multipliers = try session.gradient(at: layer, under: RescaleRule(against: reference))
    return ((a * multipliers).spatialSum(), session.score.value - reference.score.value)
  }
}

extension Cost {
  fileprivate static func resumedRun(after target: TargetLayer, of model: (any ModelAdapter)?) -> Cost {
    guard let model, let layer = try? target.resolve(in: model) else { return .resumed(per: .reference) }
    return .resumed(after: layer, of: model)
  }
}

extension Cost.Unit {
  fileprivate static let reference = Cost.Unit("reference")
}

extension LIFTCAM {
  public static let descriptor = MethodDescriptor(
    "lift-cam", title: "LIFT-CAM", family: .cams,
    summary: "Regions whose features make the score, each channel by its share in it.",
    citation: "Jung & Oh, ICCV 2021, arXiv:2102.05228", needs: [.gradients, .spatialLayer], prototype: LIFTCAM(),
    parameters: [.layer(\.targetLayer)])
}
