/// In what a metric measures how a changed image is scored.
public enum ScoreScale: String, Hashable, Sendable, CaseIterable, CustomStringConvertible {
  /// The probability of the target's class, of a detector's row with its objectness; the score itself where it is about no class, or about a difference of two.
  case probability
  /// The score that was explained: the logit, unless the target says otherwise.
  case score

  public var description: String { rawValue }
}

extension ExplanationSession {
  /// The same run asked for the score on this scale, with what the scale is called; no further forward pass.
  ///
  /// - Throws: Whatever the target throws.
  public func scaled(to scale: ScoreScale) throws -> (session: ExplanationSession, name: String) {
    guard scale == .probability, score.classIndex != nil, score.contrastIndex == nil,
      outputs.link != nil || target is DetectionScore
    else { return (self, "score") }
    return (try retargeted(to: target.probability), "probability")
  }
}

extension Target {
  /// The probability of the class that it is about, asked where it asks.
  fileprivate var probability: any Target {
    switch self {
    case let target as RegionMean: RegionMean(of: target.base.probability, over: target.region)
    case let target as OnOutput: OnOutput(target.name, target.base.probability)
    case let target as DetectionScore: target.probability
    default: ClassProbability(of: self)
    }
  }
}
