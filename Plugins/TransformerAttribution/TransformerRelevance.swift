public import AttributionKit
import Tensors

/// Relevance propagation through a transformer by the rules of Chefer, Gur and Wolf, as their code performs them.
///
/// | step | rule |
/// |---|---|
/// | linear | what agrees in sign: positive weights on positive inputs, negative on negative; no bias |
/// | product of two activations | half of it to each factor, in proportion to its terms |
/// | sum of two activations | in proportion, brought back to its total by what each addend got as a whole |
/// | softmax, normalisation, activation function, scale and shift | all of it |
public struct TransformerRelevance: GradientRule {
  public init() {}

  public func crossing(_ step: Step) -> Crossing {
    switch step.kind {
    case .linear:
      let agreeing = Relevance.Group([.init(.positive, .positive), .init(.negative, .negative)])
      return .relevance(Relevance([agreeing], stabilizer: Self.stabilizer, includesBias: false))
    case .matrixProduct, .product:
      return .relevance(Relevance([.init([.init(.all, .all)], share: 0.5)], stabilizer: Self.stabilizer))
    case .sum: return .computed(Self.sharedBySum)
    case .softmax, .normalization, .activation, .affine: return .relevance(.pass)
    case .movement, .resizing: return .derivative
    case .pooling, .other: return .relevance(.epsilon(Self.stabilizer))
    }
  }

  /// Divisors are kept this far from zero.
  private static let stabilizer: Float = 1e-9

  /// `R_a = a/(a+b)·R` and `R_b` likewise, each scaled so that together they are as much as `R` is: to the share that the
  /// absolute value of its sum has in both.
  private static func sharedBySum(_ step: CrossedStep) throws -> [Tensor?] {
    let quotient = step.cotangent.dividedOrZero(by: step.output)
    let shares = zip(step.inputs, try step.pullback(quotient)).map { input, pulled in pulled.map { input * $0 } }
    let total = step.cotangent.total(), nothing = Tensor([0], shape: [])
    let magnitude = shares.reduce(nothing) { sum, share in share.map { sum + $0.total().magnitudes() } ?? sum }
    return shares.map { share in
      guard let share else { return nil }
      let sum = share.total(), isSomething = sum.dividedOrZero(by: sum)
      let factor = (sum.magnitudes().dividedOrZero(by: magnitude) * total).dividedOrZero(by: sum)
      // A share that adds up to nothing stays as it is.
      return (factor + (1 + (-1 * isSomething))) * share
    }
  }
}
