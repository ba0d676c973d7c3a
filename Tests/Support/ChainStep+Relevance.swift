import AttributionKit
import Tensors

/// Relevance at the linear steps of a chain, term by term as ``Relevance`` defines it.
extension Relevance {
  /// `Σ share · Σ_m ± x_m ⊙ W_mᵀ (R / stab(z))`; `nil` where nothing is shared out by weights.
  func shared(_ relevance: Tensor, at step: ChainStep, reading x: Tensor) -> Tensor? {
    guard case .shared(let groups) = flow, let part = step.part else { return nil }
    let y = part(.all, true).forward(x)
    var shares = 0 * x
    for group in groups {
      // Only negative inputs have no share of the bias, whose own input is one.
      let members = group.members.map { member in
        (
          x: member.input.part(of: x), step: part(member.weights, includesBias && member.input != .negative),
          sign: member.isSubtracted ? Float(-1) : 1
        )
      }
      let z = members.reduce(0 * y) { $0 + $1.sign * $1.step.forward($1.x) }
      let quotient = Tensor(
        y.scalars.indices.map {
          group.outputs.includes(y.scalars[$0])
            ? group.share * self.quotient(relevance.scalars[$0], by: z.scalars[$0]) : 0
        }, shape: y.shape)
      for member in members { shares = shares + member.sign * (member.x * member.step.pullback(quotient, x)) }
    }
    return shares
  }
}

extension Relevance.InputPart {
  func part(of x: Tensor) -> Tensor {
    switch self {
    case .all: x
    case .positive: x.rectified()
    case .negative: -(-x).rectified()
    case .ones: x.map { _ in 1 }
    case .bound(let bounds):
      bounds.count == 1 ? x.map { _ in bounds[0] } : x.map { _ in 1 } * Tensor(bounds, shape: [bounds.count])
    }
  }
}

extension Relevance.WeightPart {
  func part(of w: Tensor) -> Tensor {
    switch self {
    case .all: w
    case .positive: w.rectified()
    case .negative: -(-w).rectified()
    case .ones: w.map { _ in 1 }
    case .squared: w * w
    case .positiveReinforced(let gamma): w + gamma * w.rectified()
    case .negativeReinforced(let gamma): w + gamma * -(-w).rectified()
    }
  }
}
