import AttributionKit
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
  /// One where the only score speaks for its side, minus one where it speaks against it.
  case side(threshold: Float)
  /// One at the class that is chosen when the graph is run.
  case chosenClass(count: Int)
}

/// A run of a network in a recording: known by the tensor that it is given.
final class RecordedRun: Sendable {
  let image: Tensor

  init(on image: Tensor) { self.image = image }
}

/// What a map is of, where it is only known when the graph is run.
public enum OpenTarget: Sendable, Hashable {
  /// The class that the network predicts.
  case prediction
  /// A class that is given beside the image.
  case chosen
}

/// A target whose class the recording does not know.
struct RecordedTarget: Target {
  let kind: OpenTarget
  /// The derivative of the score found on the session's own input.
  var slope: Tensor?

  var isLinear: Bool { true }

  func score(of outputs: Outputs) throws -> Score {
    let slope = try self.slope ?? slope(in: outputs)
    // Whoever reads the value must find another number in each run.
    let value = zip(slope.scalars, outputs.logits.scalars).reduce(Float(0)) { $0 + $1.0 * $1.1 }
    return Score(value: value, cotangent: slope)
  }

  func pinned(to outputs: Outputs) throws -> any Target {
    RecordedTarget(kind: kind, slope: try slope ?? slope(in: outputs))
  }

  private func slope(in outputs: Outputs) throws -> Tensor {
    let scores = outputs.logits
    guard scores.shape.count == 1, let link = outputs.link else { throw AttributionError.notAboutAClass }
    let count = scores.shape[0], one = Tensor.oneHot(scores.descendingOrder()[0], count: count)
    switch kind {
    case .chosen: return one.recorded(from: NetworkSource.chosenClass(count: count))
    case .prediction where count == 1:
      return one.recorded(from: NetworkSource.side(threshold: link.threshold), of: [scores])
    case .prediction: return one.recorded(from: NetworkSource.prediction, of: [scores])
    }
  }
}
