public import Tensors

/// Part of the places that a network answers for: of a segmentation's `[classes, height, width]`.
public enum OutputRegion: Hashable, Sendable {
  /// All places alike.
  case everywhere
  /// Where the network itself predicts what the target speaks for.
  case predicted
  /// Each place by its own weight, `[height, width]`: 1 inside, 0 outside, a fraction at the border.
  case weights(Tensor)
}

extension OutputRegion {
  /// The places at which the network predicts a class, `[height, width]`: 1 there, 0 elsewhere.
  ///
  /// With softmax that is where the class has the greatest logit, the first of equal ones; with sigmoid, where its logit
  /// is positive. With `isNegative` it is all other places.
  public static func places(
    predictedAs index: Int, isNegative: Bool = false, in logits: Tensor, link: ProbabilityLink
  ) -> Tensor {
    let (own, area) = (logits.channel(index), logits.shape[1] * logits.shape[2])
    var isPredicted = own.scalars.map { link.comparesClasses(of: logits.shape[0]) || $0 > link.threshold }
    if link.comparesClasses(of: logits.shape[0]) {
      logits.scalars.withUnsafeBufferPointer { z in
        for other in 0..<logits.shape[0] where other != index {
          for p in 0..<area where isPredicted[p] {
            let (mine, its) = (z[index * area + p], z[other * area + p])
            isPredicted[p] = other < index ? mine > its : mine >= its
          }
        }
      }
    }
    return Tensor(isPredicted.map { $0 != isNegative ? 1 : 0 }, shape: own.shape)
  }

  /// The weights of the places, adding up to one, given the score that `.predicted` is about.
  ///
  /// - Throws: ``AttributionError/wrongRegion(_:expected:)``, ``AttributionError/emptyRegion``.
  func weights(about score: Score?, in outputs: Outputs) throws -> Tensor {
    let logits = outputs.logits
    let extent = Array(logits.shape.dropFirst())
    let weights: Tensor
    switch self {
    case .everywhere: weights = Tensor(repeating: 1, shape: extent)
    case .weights(let given): weights = given
    case .predicted:
      guard let score, let index = score.classIndex, let link = outputs.link else {
        throw AttributionError.notAboutAClass
      }
      guard (0..<logits.shape[0]).contains(index) else {
        throw AttributionError.noSuchClass(index, count: logits.shape[0])
      }
      weights = Self.places(predictedAs: index, isNegative: score.isNegative, in: logits, link: link)
    }
    guard weights.shape == extent else { throw AttributionError.wrongRegion(weights.shape, expected: extent) }
    let total = weights.scalars.reduce(0.0) { $0 + Double($1) }
    guard total > 0, weights.scalars.allSatisfy({ $0 >= 0 && $0.isFinite }) else { throw AttributionError.emptyRegion }
    return weights.map { Float(Double($0) / total) }
  }
}
