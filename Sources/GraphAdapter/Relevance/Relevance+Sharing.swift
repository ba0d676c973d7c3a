import AttributionKit
import GraphEngine
import Kernels

extension Relevance {
  /// The relevance of a step's inputs, its cotangent being that of the output: one array for each input, `nil` for constants.
  ///
  /// - Parameters:
  ///   - backward: the step, with what it read and computed.
  ///   - step: the same as a rule sees it.
  ///   - linear: its weights, with what is behind it folded in; `nil` where it has none.
  /// - Returns: A cotangent for each input; `nil` for what has no part in it.
  /// - Throws: ``RuleError`` where the rule does not fit the step, ``GraphError`` where a value cannot be computed.
  func shared(at backward: BackwardStep, _ step: Step, linear: LinearStep?) throws -> [NDArray?] {
    let groups: [Group]
    switch flow {
    case .passed(nil): return try backward.passed(backward.cotangent)
    case .passed(let input?): return backward.passed(to: input)
    case .shared(let sharing): groups = sharing
    }
    if groups.isEmpty { return backward.nothing }
    let terms: any RelevanceTerms
    switch (linear, step.kind) {
    case (let linear?, _): terms = try WeightedTerms(linear, at: backward, step, includesBias: includesBias)
    // What is only moved or chosen takes all its relevance along.
    case (nil, .movement), (nil, .pooling(.max)): return try backward.pullback(backward.cotangent)
    case (nil, .sum), (nil, .pooling(.average)): terms = try SummedTerms(at: backward, step)
    default: terms = JacobianTerms(at: backward, step, includesBias: includesBias)
    }
    var shares: [NDArray?] = backward.inputShapes.map { _ in nil }
    for group in groups {
      guard let quotient = try quotient(of: backward.cotangent, in: group, terms) else { continue }
      for member in group.members {
        for (index, share) in try terms.shares(of: member, quotient).enumerated() {
          guard let share, backward.wanted[index] else { continue }
          try shares[index].add(share, isSubtracted: member.isSubtracted)
        }
      }
    }
    return backward.wanted.enumerated().map { index, isWanted in
      isWanted ? shares[index] ?? NDArray(repeating: 0, shape: backward.inputShapes[index]) : nil
    }
  }

  /// `share · R / stab(Σ ± z_m)` over the outputs that a group answers for; `nil` where nothing contributes.
  private func quotient(
    of relevance: NDArray, in group: Group, _ terms: any RelevanceTerms
  ) throws -> NDArray? {
    var sum: NDArray?
    for member in group.members {
      guard let contribution = try terms.contribution(of: member) else { continue }
      try sum.add(contribution, isSubtracted: member.isSubtracted)
    }
    guard let sum else { return nil }
    var relevance = relevance.converted(to: .float32)
    switch group.outputs {
    case .all: break
    case .positive: relevance = try gated(relevance, by: terms.output())
    case .negative: relevance = try gated(relevance, by: apply(.neg, terms.output()))
    }
    let shared = try quotient(relevance, by: sum)
    return group.share == 1 ? shared : try apply(.linear(group.share, 0), shared)
  }

  private func quotient(_ relevance: NDArray, by sum: NDArray) throws -> NDArray {
    try Kernels.quotient(relevance, by: sum, stabilizer: stabilizer)
  }
}

extension BackwardStep {
  /// All relevance to one input; where that was repeated along an axis, the sum of what its copies get.
  fileprivate func passed(to input: Int) -> [NDArray?] {
    inputShapes.indices.map { $0 == input && wanted[$0] ? summed(cotangent, to: inputShapes[$0]) : nil }
  }

  /// No relevance for any input.
  fileprivate var nothing: [NDArray?] {
    zip(wanted, inputShapes).map { $0 ? NDArray(repeating: 0, shape: $1) : nil }
  }
}

/// What a step's output is made of, as relevance sees it.
protocol RelevanceTerms {
  /// `W_m x_m + b_m`, in the output's shape; `nil` where it is nothing.
  func contribution(of member: Relevance.Member) throws -> NDArray?

  /// `x_m ⊙ W_mᵀ q` for each input, in its shape; `nil` for those that have none.
  func shares(of member: Relevance.Member, _ quotient: NDArray) throws -> [NDArray?]

  /// What the step computed.
  func output() throws -> NDArray
}

extension NDArray? {
  fileprivate mutating func add(_ other: NDArray, isSubtracted: Bool) throws {
    guard var sum = self else {
      self = isSubtracted ? try apply(.neg, other) : other
      return
    }
    if isSubtracted {
      sum = try combine(.subtract, sum, other)
    } else {
      self = nil
      try accumulate(other, into: &sum)
    }
    self = sum
  }
}
