public import Tensors

/// The part of a picture that a segmentation is asked about, on the network's own grid.
public struct AnsweredRegion: Sendable {
  /// As the user wrote it, or `predicted`.
  public let expression: String
  /// `[height, width]`, from 0 to 1; `nil` for the places predicted as the target's class.
  public let weights: Tensor?
  /// What the picture is called.
  let picture: String

  /// The places of one target.
  public struct Places: Hashable, Sendable {
    /// As the user wrote it, or `predicted`.
    public let expression: String
    /// `[height, width]`, from 0 to 1.
    public let weights: Tensor

    /// How much of the network's places they are, from 0 to 1.
    public var share: Float { weights.meanAndDeviation().mean }

    /// Whether they are the places predicted as the target's class.
    public var isPredicted: Bool { expression == RegionExpression.predicted.text }
  }

  func places(of choice: Choice?, in answer: Answer) throws(ExplainingError) -> Places {
    if let weights { return Places(expression: expression, weights: weights) }
    guard let choice else {
      throw .usage("the score is about no class, which could be predicted somewhere: choose a place", about: .region)
    }
    guard let predicted = answer.places(predictedAs: choice) else {
      throw .data(
        "no pixel of \(picture) is predicted as '\(answer.names.name(of: choice))': choose a place, or all of them",
        about: .region)
    }
    return Places(expression: expression, weights: predicted)
  }
}
