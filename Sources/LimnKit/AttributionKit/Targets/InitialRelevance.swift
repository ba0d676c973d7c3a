import Tensors

/// A score as relevance propagation sees it: what each output adds to it, its value times the score's derivative by it.
///
///     y = Σ R,    R = z ⊙ ∂t/∂z
///
/// Walks back from it begin with `R` in place of the derivative. Of a logit `z_c`, `R` is that logit and `y = t`; of a
/// difference of two, both with their signs. Of a probability, which is no linear function of the logits, it is a part to
/// first order.
public struct InitialRelevance: Target {
  public let base: any Target

  /// The relevance of a score.
  public init(of base: any Target) { self.base = base }

  public func score(of outputs: Outputs) throws -> Score {
    let score = try base.score(of: outputs)
    let relevance = zip(score.cotangents.values, outputs.values).map { cotangent, value in cotangent.map { $0 * value }
    }
    let sum = relevance.compactMap { $0 }.reduce(0.0) { $0 + $1.scalars.reduce(0.0) { $0 + Double($1) } }
    return Score(
      value: Float(sum), cotangents: Cotangents(relevance), classIndex: score.classIndex,
      contrastIndex: score.contrastIndex, isNegative: score.isNegative)
  }

  public func pinned(to outputs: Outputs) throws -> any Target { InitialRelevance(of: try base.pinned(to: outputs)) }
}
