public import Tensors

/// The same run, asked about other classes.
extension ExplanationSession {
  /// The logits of the classes among which the target asks about one, `[classes]`: of a network that answers for each place
  /// their mean over the target's region.
  ///
  /// - Throws: ``AttributionError/notAboutAClass`` where the target is about none, or of a kind that is not known.
  public var classScores: Tensor {
    get throws {
      guard score.classIndex != nil else { throw AttributionError.notAboutAClass }
      return try target.classScores(in: outputs)
    }
  }

  /// The classes that the target could be about in place of its own, the likeliest first; none where it is about no class.
  ///
  /// - Throws: Whatever the model throws.
  public func otherClasses() throws -> [Int] {
    guard score.classIndex != nil, let scores = try? classScores else { return [] }
    return scores.descendingOrder().filter { $0 != score.classIndex && $0 != score.contrastIndex }
  }

  /// The same question about the class `index` in place of its own: no further forward pass.
  ///
  /// - Throws: ``AttributionError/notAboutAClass`` where the target is about none, or of a kind that is not known;
  ///   ``AttributionError/noSuchClass(_:count:)``.
  public func retargeted(toClass index: Int) throws -> ExplanationSession {
    try retargeted(to: target.asking(about: index))
  }

  /// Whether the network answers another input in the same way: it predicts the same class, or where each class is
  /// predicted by itself, the target's class in both or in neither.
  ///
  /// - Throws: As ``classScores`` does.
  public func agrees(with other: ExplanationSession) throws -> Bool {
    let (a, b) = (try classScores, try other.classScores), link = outputs.link ?? .softmax
    guard link.comparesClasses(of: a.scalars.count) else {
      let index = score.classIndex ?? 0
      return (a[index] > link.threshold) == (b[index] > link.threshold)
    }
    return a.descendingOrder().first == b.descendingOrder().first
  }
}

extension Target {
  /// The same question about the class `index`.
  fileprivate func asking(about index: Int) throws -> any Target {
    switch self {
    case is ClassLogit: ClassLogit(index: index)
    case let target as LogitDifference: LogitDifference(index: index, contrast: target.contrast)
    case let target as ClassProbability: ClassProbability(of: try target.base.asking(about: index))
    case let target as Opposite: Opposite(of: try target.base.asking(about: index))
    case let target as RegionMean: RegionMean(of: try target.base.asking(about: index), over: target.region)
    case let target as OnOutput: OnOutput(target.name, try target.base.asking(about: index))
    case let target as DetectionScore: try target.asking(about: index)
    default: throw AttributionError.notAboutAClass
    }
  }

  fileprivate func classScores(in outputs: Outputs) throws -> Tensor {
    switch self {
    case is ClassLogit, is LogitDifference: return outputs.logits
    case let target as ClassProbability: return try target.base.classScores(in: outputs)
    case let target as Opposite: return try target.base.classScores(in: outputs)
    case let target as OnOutput: return try target.base.classScores(in: outputs.explaining(target.name))
    case let target as DetectionScore: return try target.classScores(in: outputs)
    case let target as RegionMean:
      guard case .weights(let weights) = target.region else { throw AttributionError.notAboutAClass }
      return 1 / weights.scalars.reduce(0, +) * outputs.logits.spatialSum(weighedBy: weights)
    default: throw AttributionError.notAboutAClass
    }
  }
}
