import AttributionKit
import GraphEngine
import Kernels

/// The terms of a step that is no sum, as its Jacobian at the input of this pass has them: `x ⊙ Jᵀ(R / stab(y))`.
///
/// A normalisation's is that of what it is while the deviation stays.
struct JacobianTerms: RelevanceTerms {
  private let backward: BackwardStep
  private let step: Step
  private let includesBias: Bool

  init(at backward: BackwardStep, _ step: Step, includesBias: Bool) {
    (self.backward, self.step, self.includesBias) = (backward, step, includesBias)
  }

  func contribution(of member: Relevance.Member) throws -> NDArray? {
    guard member.input == .all, member.weights == .all, includesBias else {
      throw RuleError.needsWeights(step: step.name)
    }
    return try output()
  }

  func shares(of member: Relevance.Member, _ quotient: NDArray) throws -> [NDArray?] {
    try backward.linearPullback(quotient).enumerated().map { index, pulled in
      try pulled.map { try combine(.multiply, backward.input(index).converted(to: .float32), $0) }
    }
  }

  func output() throws -> NDArray { try backward.output().converted(to: .float32) }
}
