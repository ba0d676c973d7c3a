public import Tensors

/// How logits become probabilities.
public enum ProbabilityLink: String, Hashable, Sendable {
  /// One class out of many.
  case softmax
  /// Each class by itself; a single logit is a yes-or-no question.
  case sigmoid

  /// The probabilities of `logits`, `[classes]` or at each place of `[classes, height, width]`; of the same shape.
  public func probabilities(of logits: Tensor) -> Tensor {
    switch self {
    case .softmax: logits.shape.count == 3 ? logits.softmaxOverChannels() : logits.softmax()
    case .sigmoid: logits.sigmoid()
    }
  }
}
