import AttributionKit
import Tensors

/// A score of a class, less `γ` times the mean score of the classes nearest to it.
///
/// The score of another class is what the same derivative by the outputs, moved to that class, makes of them: its logit,
/// or the mean of its logits over the same places.
struct FinerTarget: Target {
  let base: any Target
  let rivals: [Int]
  let strength: Float

  init(base: any Target, in session: ExplanationSession, classes: Int, strength: Float) throws {
    self.base = base
    self.strength = strength
    let logits = session.logits
    guard let own = session.score.classIndex, let slope = session.score.cotangents.explained,
      (0..<logits.shape[0]).contains(own)
    else { throw AttributionError.notAboutAClass }
    let weights = slope.classRow(own)
    let scores = (0..<logits.shape[0]).map { logits.classRow($0).dot(weights) }
    let others = scores.indices.filter { $0 != own }
    rivals = Array(
      others.sorted { (abs(scores[$0] - scores[own]), $0) < (abs(scores[$1] - scores[own]), $1) }.prefix(classes))
  }

  func score(of outputs: Outputs) throws -> Score {
    let score = try base.score(of: outputs)
    guard let own = score.classIndex, let slope = score.cotangents.explained, !rivals.isEmpty else { return score }
    let weights = slope.classRow(own), share = strength / Float(rivals.count)
    var (value, cotangent) = (Double(score.value), slope)
    for rival in rivals {
      value -= Double(share) * outputs.logits.classRow(rival).dot(weights)
      let start = rival * weights.count
      for (p, weight) in weights.enumerated() { cotangent[start + p] -= share * weight }
    }
    return Score(value: Float(value), cotangent: cotangent, classIndex: own, isNegative: score.isNegative)
  }
}

extension Tensor {
  /// The numbers that belong to one class of `[classes]` or `[classes, height, width]`.
  fileprivate func classRow(_ index: Int) -> ArraySlice<Float> {
    let size = scalars.count / max(1, shape[0])
    return scalars[index * size..<(index + 1) * size]
  }
}

extension ArraySlice<Float> {
  fileprivate func dot(_ other: ArraySlice<Float>) -> Double {
    zip(self, other).reduce(0.0) { $0 + Double($1.0) * Double($1.1) }
  }
}
