public import AttributionKit
import GradCAMMethod
public import Tensors

/// Group-CAM: Score-CAM with groups of channels, weighed by Grad-CAM, in place of single ones.
///
///     M = Σ_g α_g S_g,    S_g = φ(R(Σ_{k∈g} wₖ Aₖ)),    α_g = y(x ⊙ H_g + x₀ ⊙ (1 − H_g)) − y(x₀)
///
/// `wₖ` are Grad-CAM's weights, the groups are neighbouring channels, and `φ` sets to zero what is below a percentile.
/// `H_g` is `S_g` stretched over the image and scaled to 0…1, `x₀` the blurred image.
public struct GroupCAM: LayerMethod {
  public var targetLayer: TargetLayer
  public var groups: Int
  /// The percentile of a group's map below which it is set to zero.
  public var denoise: Float
  /// What shows through where a mask does not.
  public var baseline: Baseline

  public init(
    targetLayer: TargetLayer = .automatic, groups: Int = 32, denoise: Float = 70, baseline: Baseline = .blur
  ) {
    self.targetLayer = targetLayer
    self.groups = groups
    self.denoise = denoise
    self.baseline = baseline
  }

  /// - Throws: ``AttributionError/unusableParameter(_:value:method:expected:)`` for less than one group;
  ///   ``AttributionError/notAnImage(_:)``.
  public func map(on layer: Layer, in session: ExplanationSession) throws -> Tensor {
    let maps = try groupMaps(on: layer, in: session), grid = try session.grid
    let x = session.input, x0 = try session.baseline(baseline)
    // The last of the images is the baseline alone.
    let scores = try session.scores(of: maps.count + 1) { index in
      guard index < maps.count else { return x0 }
      let mask = maps[index].resized(height: grid.height, width: grid.width).scaledToUnit()
      return x0 + grid.masked(x - x0, by: mask)
    }
    var sum = Tensor(repeating: 0, shape: Array(layer.shape.suffix(2)))
    for (map, score) in zip(maps, scores) { sum = sum + (score - scores[maps.count]) * map }
    return sum
  }

  /// The walk back that is shared, and a forward pass for each group and the baseline.
  public func cost(on model: (any ModelAdapter)?) -> Cost {
    let channels = model.flatMap { try? targetLayer.resolve(in: $0) }?.shape[0]
    return .shared + .forward(min(groups, channels ?? groups) + 1)
  }

  public func facts(on layer: Layer, in session: ExplanationSession) throws -> [Fact] { session.facts(on: baseline) }

  /// `S_g`, each `[height, width]`.
  private func groupMaps(on layer: Layer, in session: ExplanationSession) throws -> [Tensor] {
    guard groups > 0 else {
      throw AttributionError.unusableParameter(
        "groups", value: "\(groups)", method: "group-cam", expected: "a whole number from 1")
    }
    let a = try session.activation(at: layer), channels = a.shape[0], count = min(groups, channels)
    let weights = try GradCAM(targetLayer: targetLayer).channelWeights(of: layer, in: session)
    return (0..<count).map { group in
      var own = Tensor(repeating: 0, shape: [channels])
      for k in group * channels / count..<(group + 1) * channels / count { own[k] = weights.scalars[k] }
      let map = a.channelSum(weighedBy: own).rectified(), least = map.percentile(denoise)
      return map.map { $0 < least ? 0 : $0 }
    }
  }
}

extension GroupCAM {
  public static let descriptor = MethodDescriptor(
    "group-cam", title: "Group-CAM", family: .cams,
    summary: "Regions that, shown sharp in a blurred image, raise the score; a few dozen passes.",
    citation: "Zhang, Rao & Yang, 2021, arXiv:2103.13859", needs: [.gradients, .spatialLayer], prototype: GroupCAM(),
    parameters: [
      .layer(\.targetLayer),
      Parameter("groups", \.groups, help: "how many groups of channels there are", expected: "a whole number from 1") {
        $0 >= 1
      },
      Parameter(
        "denoise", \.denoise, help: "the percentile below which a group's map is set to zero",
        expected: "a number from 0 to 100"
      ) { (0...100).contains($0) },
      Parameter(
        "baseline", \.baseline, help: "what shows through where a mask does not", expected: Baseline.expected),
    ])
}
