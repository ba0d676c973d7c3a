import AttributionKit
import Tensors
import TestSupport

extension ChainNetwork {
  /// Two linear layers with a ReLU between them over 3 × 10 × 10 numbers, four classes.
  ///
  /// Every place counts by itself, and no change of the input is additive. `Tests/Tools/metric_references.py` has the same.
  static let judged = ChainNetwork(
    input: [3, 10, 10],
    [
      .linear("hidden", weights: 0.125 * Tensor.scattered([6, 300], 0.61803), bias: Tensor(repeating: 0, shape: [6])),
      .relu("relu"),
      .linear("logits", weights: .scattered([4, 6], 0.73205), bias: Tensor(repeating: 0, shape: [4])),
    ])

  /// The image and the map that metrics of this network are tested with.
  static let judgedImage = Tensor.scattered([3, 10, 10], 0.31)
  static let judgedMap = Tensor.scattered([10, 10], 0.7)

  /// The probability of a class for an input.
  func probability(of index: Int, for input: Tensor) throws -> Float {
    try trace(input).logits.softmax().scalars[index]
  }
}

/// The input times the gradient of the score by it.
struct SlopeTimesInput: AttributionMethod {
  func attribution(in session: ExplanationSession) throws -> Attribution {
    Attribution(try session.inputGradient() * session.input, at: session.inputLayer)
  }
}

/// Shows another map for each class.
struct MapOfClass: AttributionMethod {
  let maps: [Tensor]

  func attribution(in session: ExplanationSession) throws -> Attribution {
    Attribution(maps[session.score.classIndex ?? 0], at: session.inputLayer)
  }
}
