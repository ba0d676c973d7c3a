public import AttributionKit
public import Tensors

/// Score-CAM: a channel matters as much as the score of the image seen through it.
///
///     wₖ = softmaxₖ(y(x ⊙ Hₖ) − y(baseline)),   Hₖ = N(U(Aₖ))                     (eqs. 4–6, algorithm 1)
///
/// `U` stretches a channel over the image, `N` scales it to 0…1. The softmax does not see the score of the baseline,
/// the same for all channels, which is therefore not computed. Channels that are the same everywhere mask nothing and
/// have no weight.
public struct ScoreCAM: ClassActivationMapping {
  public var targetLayer: TargetLayer
  public var top: ChannelSelection

  public init(targetLayer: TargetLayer = .automatic, top: ChannelSelection = .all) {
    self.targetLayer = targetLayer
    self.top = top
  }

  /// A forward pass for each channel that is used, of which some may turn out to be the same everywhere.
  public func cost(on model: (any ModelAdapter)?) -> Cost {
    let channels = model.flatMap { try? targetLayer.resolve(in: $0) }?.shape[0]
    return top.count(of: channels).map { .forward($0) } ?? .forward(per: .channel)
  }

  /// - Throws: ``AttributionError/unusableParameter(_:value:method:expected:)`` for less than one channel.
  public func channelWeights(of layer: Layer, in session: ExplanationSession) throws -> Tensor {
    let a = try session.activation(at: layer), grid = try session.grid
    let chosen = try ChosenChannels(top, of: a, for: "score-cam")
    let scores = try session.scoreTensor(ofMasks: chosen.count) { k in
      chosen[k].resized(height: grid.height, width: grid.width).scaledToUnit()
    }
    return chosen.weights(scored: scores)
  }

  public func facts(on layer: Layer, in session: ExplanationSession) throws -> [Fact] {
    try top.facts(on: layer, in: session, for: "score-cam")
  }
}

extension ScoreCAM {
  public static let descriptor = MethodDescriptor(
    "score-cam", title: "Score-CAM", family: .cams,
    summary:
      "Regions that, shown alone, keep the score high; without gradients. Faster-Score-CAM is score-cam(top=10).",
    citation: "Wang et al., CVPR workshop 2020, arXiv:1910.01279", needs: [.spatialLayer],
    prototype: ScoreCAM(),
    parameters: [
      .layer(\.targetLayer),
      Parameter(
        "top", \.top, help: "how many channels are used, those that vary most first",
        expected: ChannelSelection.expected),
    ], otherNames: ["faster-score-cam": "score-cam(top=10)", "fast-score-cam": "score-cam(top=10)"])
}
