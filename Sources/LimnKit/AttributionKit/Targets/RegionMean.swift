public import Tensors

/// A target asked of a region of a network that answers for each place: the mean of its scores there.
///
///     y = Σₚ wₚ·t(zₚ) / Σₚ wₚ,    ∂y/∂zₚ = wₚ·∂t/∂zₚ / Σₚ wₚ
///
/// `zₚ` are the logits `[classes]` at place `p` of an output `[classes, height, width]`, and `t` is the target. For the
/// logit of a class and a set of pixels this is the score of Seg-Grad-CAM (Vinogradova, Dibrov & Myers, AAAI 2020,
/// arXiv:2002.11434) divided by the number of pixels, so that small and large regions compare.
public struct RegionMean: Target {
  public let base: any Target
  public let region: OutputRegion

  public init(of base: any Target, over region: OutputRegion = .everywhere) {
    self.base = base
    self.region = region
  }

  /// The mean score and its derivative; the logits are `[classes, height, width]`.
  ///
  /// - Throws: ``AttributionError/noPlaces(_:)``, ``AttributionError/wrongRegion(_:expected:)``,
  ///   ``AttributionError/emptyRegion``.
  public func score(of logits: Tensor, link: ProbabilityLink) throws -> Score {
    let (base, weights) = try settled(on: logits, link: link)
    let mean = try base.score(of: logits.spatialSum(weighedBy: weights), link: link)
    guard !base.isLinear else {
      return Score(
        value: mean.value, cotangent: .outer(mean.cotangent, weights), classIndex: mean.classIndex,
        contrastIndex: mean.contrastIndex, isNegative: mean.isNegative)
    }
    let (classes, area) = (logits.shape[0], weights.scalars.count)
    var (value, cotangent) = (0.0, Tensor(repeating: 0, shape: logits.shape))
    for (p, weight) in weights.scalars.enumerated() where weight != 0 {
      let here = Tensor((0..<classes).map { logits.scalars[$0 * area + p] }, shape: [classes])
      let score = try base.score(of: here, link: link)
      value += Double(weight) * Double(score.value)
      for k in 0..<classes { cotangent.scalars[k * area + p] = weight * score.cotangent.scalars[k] }
    }
    return Score(
      value: Float(value), cotangent: cotangent, classIndex: mean.classIndex, contrastIndex: mean.contrastIndex,
      isNegative: mean.isNegative)
  }

  /// Keeps the class, chosen by its mean logit in the region, and the places, also those predicted as the class.
  public func pinned(to logits: Tensor, link: ProbabilityLink) throws -> any Target {
    let (base, weights) = try settled(on: logits, link: link)
    return RegionMean(of: base, over: .weights(weights))
  }

  private func settled(on logits: Tensor, link: ProbabilityLink) throws -> (base: any Target, weights: Tensor) {
    guard logits.shape.count == 3 else { throw AttributionError.noPlaces(logits.shape) }
    if case .predicted = region {
      // The class first, by its mean logit everywhere; then its places.
      let mean = logits.spatialMean()
      let base = try base.pinned(to: mean, link: link)
      return (base, try region.weights(about: base.score(of: mean, link: link), in: logits, link: link))
    }
    let weights = try region.weights(about: nil, in: logits, link: link)
    return (try base.pinned(to: logits.spatialSum(weighedBy: weights), link: link), weights)
  }
}
