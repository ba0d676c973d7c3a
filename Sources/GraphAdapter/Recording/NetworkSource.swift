import AttributionKit
import GraphEngine
import Tensors

/// Where the tensors of a recorded method come from.
enum NetworkSource: TensorSource {
  /// The network's image.
  case image
  /// What the network computes for a layer in a run.
  case activation(RecordedRun, Layer)
  /// One of the outputs of a run.
  case output(RecordedRun, Int)
  /// The cotangents of the outputs that there are, the operands in the order of their numbers, pulled back to a layer.
  case gradient(RecordedRun, Layer, any GradientRule, outputs: [Int])
  /// One at the class that the operand, scores of classes, are greatest for, and zero elsewhere.
  case prediction
  /// For which share of the places each class is predicted, of maps of classes: the operand are the scores
  /// `[classes, height, width]`.
  case placeShares(ProbabilityLink)
  /// One where the only score speaks for its side, minus one where it speaks against it.
  case side(threshold: Float)
  /// One at each place, of maps of classes, where the class that the first operand has a one at is predicted: the second
  /// operand are the scores `[classes, height, width]`. Where the first operand may have a minus one in its place, which
  /// speaks against the class, it is all other places then.
  case places(ProbabilityLink, mayBeAgainst: Bool)
  /// What a token would hand to itself in a block of attention.
  case projectedValues(RecordedRun, AttentionBlock)
  /// What the network's head makes of the tokens behind a block, in place of those behind the last.
  case reading(RecordedReading, output: Int)
  /// The operands, cotangents of outputs of these numbers, pulled back from such a reading to the block's attention.
  case readingGradient(RecordedReading, outputs: [Int])
  /// What is written already.
  case written(Written)
  /// One at the class that is chosen when the graph is run.
  case chosenClass(count: Int)
}

/// A run of a network in a recording: known by the tensor that it is given.
final class RecordedRun: Sendable {
  let image: Tensor

  init(on image: Tensor) { self.image = image }
}

/// What follows the last block of attention, run on the tokens behind another.
final class RecordedReading: Sendable {
  let run: RecordedRun
  let block: AttentionBlock, last: AttentionBlock

  init(of run: RecordedRun, _ block: AttentionBlock, inPlaceOf last: AttentionBlock) {
    (self.run, self.block, self.last) = (run, block, last)
  }
}

/// What a map is of, where it is only known when the graph is run.
public enum OpenTarget: Sendable, Hashable {
  /// The class that the network predicts.
  case prediction
  /// A class that is given beside the image.
  case chosen
}
