public import Tensors

/// How logits become probabilities.
public enum ProbabilityLink: String, Hashable, Sendable, Codable {
  /// One class out of many.
  case softmax
  /// Each class by itself; a single logit is a yes-or-no question.
  case sigmoid
  /// The numbers are probabilities already, with no one logit behind each: the mean of several networks, say.
  case identity

  /// The probabilities of `logits`, `[classes]` or at each place of `[classes, height, width]`; of the same shape.
  public func probabilities(of logits: Tensor) -> Tensor {
    switch self {
    case .softmax: logits.shape.count == 3 ? logits.softmaxOverChannels() : logits.softmax()
    case .sigmoid: logits.sigmoid()
    case .identity: logits
    }
  }
}

extension ProbabilityLink {
  /// Whether the class predicted is the one with the greatest score, rather than each above a threshold.
  public func comparesClasses(of count: Int) -> Bool { self == .softmax || self == .identity && count > 1 }

  /// The score above which a class is predicted by itself: that of a probability of one half.
  public var threshold: Float { self == .identity ? 0.5 : 0 }
}
