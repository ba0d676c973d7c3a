public import AttributionKit
public import ScoreCAMMethod
public import Tensors

/// SS-CAM: Score-CAM, each channel scored by the mean over noisy copies of it.
///
///     wₖ = softmaxₖ(1/n Σᵢ y(x ⊙ N(U(Aₖ + εᵢ)))),    εᵢ ~ N(0, σ²)
///
/// `U` stretches a channel over the image, `N` scales it to 0…1. Of the paper's two forms it is the one whose noise is
/// that of the feature map.
public struct SSCAM: ClassActivationMapping {
  public var targetLayer: TargetLayer
  public var top: ChannelSelection
  /// `n`: how many noisy copies of a channel are scored.
  public var samples: Int
  /// `σ`, in units of the activation.
  public var noise: Float
  public var seed: UInt64

  public init(
    targetLayer: TargetLayer = .automatic, top: ChannelSelection = .most(16), samples: Int = 10, noise: Float = 2,
    seed: UInt64 = 0
  ) {
    self.targetLayer = targetLayer
    self.top = top
    self.samples = samples
    self.noise = noise
    self.seed = seed
  }

  /// A forward pass for each copy of each channel that is used.
  public func cost(on model: (any ModelAdapter)?) -> Cost {
    let channels = model.flatMap { try? targetLayer.resolve(in: $0) }?.shape[0]
    return top.count(of: channels).map { .forward($0 * samples) } ?? samples * .forward(per: .channel)
  }

  /// - Throws: ``AttributionError/unusableParameter(_:value:method:expected:)`` for less than one channel or copy.
  public func channelWeights(of layer: Layer, in session: ExplanationSession) throws -> Tensor {
    guard samples > 0 else {
      throw AttributionError.unusableParameter(
        "samples", value: "\(samples)", method: "ss-cam", expected: "a whole number from 1")
    }
    let a = try session.activation(at: layer), grid = try session.grid
    let chosen = try ChosenChannels(top, of: a, for: "ss-cam")
    let scores = try session.scoreTensor(of: chosen.count * samples) { index in
      let channel = chosen[index / samples]
      let noisy = channel + noise * Tensor(gaussianNoise: channel.shape, seed: seed &+ UInt64(index))
      return grid.masked(session.input, by: noisy.resized(height: grid.height, width: grid.width).scaledToUnit())
    }
    return chosen.weights(scored: scores.reshaped([chosen.count, samples]).spatialMean())
  }

  public func facts(on layer: Layer, in session: ExplanationSession) throws -> [Fact] {
    try top.facts(on: layer, in: session, for: "ss-cam")
  }
}

extension SSCAM {
  public static let descriptor = MethodDescriptor(
    "ss-cam", title: "SS-CAM", family: .cams,
    summary: "Score-CAM of noisy feature maps, whose regions are smoother; without gradients.",
    citation: "Wang et al., 2020, arXiv:2006.14255", needs: [.spatialLayer], prototype: SSCAM(),
    parameters: [
      .layer(\.targetLayer),
      Parameter(
        "top", \.top, help: "how many channels are used, those that vary most first",
        expected: ChannelSelection.expected),
      Parameter(
        "samples", \.samples, help: "how many noisy copies of a channel are scored",
        expected: "a whole number from 1 to 10000"
      ) { (1...10_000).contains($0) },
      Parameter(
        "noise", \.noise, help: "the noise's standard deviation, in units of the activation",
        expected: "a number from 0"
      ) { $0 >= 0 && $0.isFinite },
      Parameter("seed", \.seed, help: "the number that decides the noise", expected: "a whole number from 0"),
    ])
}
