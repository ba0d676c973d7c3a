import Tensors

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
  public func score(of outputs: Outputs) throws -> Score {
    let (base, weights) = try settled(on: outputs), logits = outputs.logits
    let mean = try base.slope(at: logits.spatialSum(weighedBy: weights), outputs.link)
    guard !base.isLinear else { return mean.score.with(Cotangents(.outer(mean.slope, weights))) }
    let (classes, area) = (logits.shape[0], weights.scalars.count)
    var (value, cotangent) = (0.0, Tensor(repeating: 0, shape: logits.shape))
    for (p, weight) in weights.scalars.enumerated() where weight != 0 {
      let here = Tensor((0..<classes).map { logits.scalars[$0 * area + p] }, shape: [classes])
      let (score, slope) = try base.slope(at: here, outputs.link)
      value += Double(weight) * Double(score.value)
      for k in 0..<classes { cotangent[k * area + p] = weight * slope.scalars[k] }
    }
    return Score(
      value: Float(value), cotangent: cotangent, classIndex: mean.score.classIndex,
      contrastIndex: mean.score.contrastIndex, isNegative: mean.score.isNegative)
  }

  /// Keeps the class, chosen by its mean logit in the region, and the places, also those predicted as the class.
  public func pinned(to outputs: Outputs) throws -> any Target {
    let (base, weights) = try settled(on: outputs)
    return RegionMean(of: base, over: .weights(weights))
  }

  private func settled(on outputs: Outputs) throws -> (base: any Target, weights: Tensor) {
    let logits = outputs.logits
    guard logits.shape.count == 3 else { throw AttributionError.noPlaces(logits.shape) }
    if case .predicted = region {
      // The class first, by its mean logit everywhere; then its places.
      let mean = Outputs(at: logits.spatialMean(), outputs.link)
      let base = try base.pinned(to: mean)
      return (base, try region.weights(about: base.score(of: mean), in: outputs))
    }
    let weights = try region.weights(about: nil, in: outputs)
    return (try base.pinned(to: Outputs(at: logits.spatialSum(weighedBy: weights), outputs.link)), weights)
  }
}

extension Target {
  /// The score of the logits `[classes]` of one place, and its derivative by them.
  fileprivate func slope(at logits: Tensor, _ link: ProbabilityLink?) throws -> (score: Score, slope: Tensor) {
    let outputs = Outputs(at: logits, link), score = try score(of: outputs)
    try score.requireShapes(of: outputs)
    return (score, score.cotangents.explained ?? Tensor(repeating: 0, shape: logits.shape))
  }
}

extension Outputs {
  /// What a network answers at one place.
  fileprivate init(at logits: Tensor, _ link: ProbabilityLink?) { self.init(logits: logits, link: link ?? .softmax) }
}
