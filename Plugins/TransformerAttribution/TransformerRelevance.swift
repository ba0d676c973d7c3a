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
    let quotient = Tensor(
      zip(step.cotangent.scalars, step.output.scalars).map { $1 == 0 ? 0 : $0 / $1 }, shape: step.cotangent.shape)
    let shares = zip(step.inputs, try step.pullback(quotient)).map { input, pulled in pulled.map { input * $0 } }
    let total = step.cotangent.total, sums = shares.map { $0?.total ?? 0 }
    let magnitude = sums.reduce(0) { $0 + abs($1) }
    return zip(shares, sums).map { share, sum in
      guard let share, sum != 0 else { return share }
      return Float(abs(sum) / magnitude * total / sum) * share
    }
  }
}

extension Tensor {
  fileprivate var total: Double { scalars.reduce(0.0) { $0 + Double($1) } }
}
