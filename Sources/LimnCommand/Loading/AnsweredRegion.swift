import Tensors

/// The part of a picture that a segmentation is asked about, on the network's own grid.
struct AnsweredRegion {
  /// As the user wrote it, or `predicted`.
  let expression: String
  /// `[height, width]`, from 0 to 1; `nil` for the places predicted as the target's class.
  let weights: Tensor?
  /// What the picture is called.
  let picture: String

  /// The places of one target.
  struct Places {
    let expression: String
    let weights: Tensor

    /// How much of the network's places they are.
    var share: Float { weights.meanAndDeviation().mean }
  }

  func places(of choice: Choice?, in answer: Answer) throws -> Places {
    if let weights { return Places(expression: expression, weights: weights) }
    guard let choice else {
      throw Failure.usage(
        "the score is about no class, which could be predicted somewhere: choose a place with --region")
    }
    guard let predicted = answer.places(predictedAs: choice) else {
      throw Failure.badData(
        "no pixel of \(picture) is predicted as '\(answer.names.name(of: choice))': choose a place with --region, "
          + "or --region all")
    }
    return Places(expression: expression, weights: predicted)
  }
}
