public import AttributionKit
public import ScoreCAMMethod
public import Tensors

/// IS-CAM: Score-CAM, each channel scored by the mean over masks that grow from nothing to the channel's own.
///
///     wₖ = softmaxₖ(1/n Σᵢ y(i/n · x ⊙ Hₖ)),    Hₖ = N(U(Aₖ)),    i = 1 … n
///
/// `U` stretches a channel over the image, `N` scales it to 0…1.
public struct ISCAM: ClassActivationMapping {
  public var targetLayer: TargetLayer
  public var top: ChannelSelection
  /// `n`: how many masks there are on the way.
  public var steps: Int

  public init(targetLayer: TargetLayer = .automatic, top: ChannelSelection = .most(16), steps: Int = 10) {
    self.targetLayer = targetLayer
    self.top = top
    self.steps = steps
  }

  /// A forward pass for each mask of each channel that is used.
  public func cost(on model: (any ModelAdapter)?) -> Cost {
    let channels = model.flatMap { try? targetLayer.resolve(in: $0) }?.shape[0]
    return top.count(of: channels).map { .forward($0 * steps) } ?? steps * .forward(per: .channel)
  }

  /// - Throws: ``AttributionError/unusableParameter(_:value:method:expected:)`` for less than one channel or step.
  public func channelWeights(of layer: Layer, in session: ExplanationSession) throws -> Tensor {
    guard steps > 0 else {
      throw AttributionError.unusableParameter(
        "steps", value: "\(steps)", method: "is-cam", expected: "a whole number from 1")
    }
    let a = try session.activation(at: layer), grid = try session.grid
    let chosen = try ChosenChannels(top, of: a, for: "is-cam")
    let scores = try session.scoreTensor(of: chosen.count * steps) { index in
      let mask = chosen[index / steps].resized(height: grid.height, width: grid.width).scaledToUnit()
      return grid.masked(session.input, by: Float(index % steps + 1) / Float(steps) * mask)
    }
    return chosen.weights(scored: scores.reshaped([chosen.count, steps]).spatialMean())
  }

  public func facts(on layer: Layer, in session: ExplanationSession) throws -> [Fact] {
    try top.facts(on: layer, in: session, for: "is-cam")
  }
}

extension ISCAM {
  public static let descriptor = MethodDescriptor(
    "is-cam", title: "IS-CAM", family: .cams,
    summary: "Score-CAM along masks that grow, so that no single score decides; without gradients.",
    citation: "Naidu et al., 2020, arXiv:2010.03023", needs: [.spatialLayer], prototype: ISCAM(),
    parameters: [
      .layer(\.targetLayer),
      Parameter(
        "top", \.top, help: "how many channels are used, those that vary most first",
        expected: ChannelSelection.expected),
      Parameter(
        "steps", \.steps, help: "how many masks a channel is scored with", expected: "a whole number from 1 to 10000"
      ) { (1...10_000).contains($0) },
    ])
}
