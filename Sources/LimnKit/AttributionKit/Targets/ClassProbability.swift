import Tensors

/// The probability of the class that another target is about, or of its not being so where that speaks against it.
public struct ClassProbability: Target {
  public let base: any Target

  /// The probability of the class that `base` selects.
  public init(of base: any Target) { self.base = base }

  /// - Throws: ``AttributionError/notAboutAClass``, ``AttributionError/noSuchClass(_:count:)``,
  ///   ``AttributionError/needsRegion(_:)``.
  public func score(of outputs: Outputs) throws -> Score {
    let score = try base.score(of: outputs), logits = outputs.logits
    guard let index = score.classIndex, let link = outputs.link else { throw AttributionError.notAboutAClass }
    let count = try outputs.classCount
    guard (0..<count).contains(index) else { throw AttributionError.noSuchClass(index, count: count) }
    let p = link.probabilities(of: logits)
    // Where one is nearly certain, a difference from it would be nothing but rounding.
    let own = p.scalars[index], rest = link == .sigmoid ? (-logits).sigmoid().scalars[index] : 1 - own
    let slope: Tensor =
      switch link {
      case .softmax: own * (Tensor.oneHot(index, count: p.scalars.count) - p)
      case .sigmoid: own * rest * Tensor.oneHot(index, count: p.scalars.count)
      case .identity: Tensor.oneHot(index, count: p.scalars.count)
      }
    return score.isNegative
      ? Score(value: rest, cotangent: -slope, classIndex: index, isNegative: true)
      : Score(value: own, cotangent: slope, classIndex: index)
  }

  public func pinned(to outputs: Outputs) throws -> any Target { ClassProbability(of: try base.pinned(to: outputs)) }
}
