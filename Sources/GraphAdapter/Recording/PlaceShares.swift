package import AttributionKit
import GraphEngine
import Kernels
package import Tensors

/// For which share of its places a segmentation predicts each class; where shares are alike, the mean probability decides.
package enum PlaceShares {
  /// - Parameters:
  ///   - scores: `[classes, height, width]`.
  ///   - link: how they become probabilities.
  /// - Returns: `[classes]`: shares, and of the mean probabilities so much as parts no others.
  package static func shares(of scores: Tensor, _ link: ProbabilityLink) -> Tensor {
    let (count, area) = (scores.shape[0], scores.shape[1] * scores.shape[2])
    var predicted = Tensor(repeating: 0, shape: scores.shape)
    for place in 0..<area {
      let here = (0..<count).map { scores.scalars[$0 * area + place] }
      guard link.comparesClasses(of: count) else {
        for (k, score) in here.enumerated() where score > link.threshold { predicted[k * area + place] = 1 }
        continue
      }
      if let greatest = here.max(), let winner = here.firstIndex(of: greatest) { predicted[winner * area + place] = 1 }
    }
    return predicted.spatialMean() + (0.5 / Float(area)) * link.probabilities(of: scores).spatialMean()
  }

  /// What the sum is of a single class that is predicted for half of the places with a probability of one half.
  package static func half(of area: Int) -> Float { 0.5 + 0.25 / Float(area) }
}

extension ExpressionWriter {
  /// One where a class is predicted at a place, zero elsewhere, in the scores' shape.
  func predicted(in scores: Written, _ link: ProbabilityLink) throws -> Written {
    try link.comparesClasses(of: scores.shape.extents[1])
      ? writer.channelPeaks(scores) : writer.isGreater(scores, than: link.threshold)
  }

  /// The same written out, `[images, classes]`.
  func placeShares(of scores: Written, _ link: ProbabilityLink, shape: WrittenShape) throws -> Written {
    let extents = scores.shape.extents, area = extents[2] * extents[3]
    let predicted = try predicted(in: scores, link)
    let probabilities: Written =
      switch link {
      case .softmax: try Softmax(axis: 1).write([scores], shape: scores.shape, to: writer)
      case .sigmoid: writer.unary("Sigmoid", scores)
      case .identity: scores
      }
    let sum = try writer.sum(predicted, writer.scaled(probabilities, by: 0.5 / Float(area)))
    return writer.reshaped(writer.reduced("ReduceMean", sum, axes: [2, 3], keepsAxes: false), to: shape)
  }
}
