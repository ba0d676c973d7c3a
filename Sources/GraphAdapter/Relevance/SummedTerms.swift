import AttributionKit
import GraphEngine
import Kernels

/// The terms of a sum, a difference or an average, whose weights are all alike: one, or minus one for what is subtracted.
///
/// Where an average's weights are less than one, quotients do not see it.
final class SummedTerms: RelevanceTerms {
  private let backward: BackwardStep
  private let step: Step
  private var parts: [InputParts]

  init(at backward: BackwardStep, _ step: Step) throws {
    self.backward = backward
    self.step = step
    parts = try backward.inputShapes.indices.map { InputParts(of: try backward.input($0), step) }
  }

  func contribution(of member: Relevance.Member) throws -> NDArray? {
    let terms = try terms(of: member)
    if terms.allSatisfy({ $0 == nil }) { return nil }
    let inputs = zip(terms, backward.inputShapes).map { $0 ?? NDArray(repeating: 0, shape: $1) }
    return try backward.step.node.op.forward(inputs)
  }

  func shares(of member: Relevance.Member, _ quotient: NDArray) throws -> [NDArray?] {
    let pulled = try backward.pullback(quotient)
    return try zip(terms(of: member), pulled).map { term, pulled in
      guard let term, let pulled else { return nil }
      return try combine(.multiply, term, pulled)
    }
  }

  func output() throws -> NDArray { try backward.output().converted(to: .float32) }

  /// The part of each input, times the part of its weight by the weight itself.
  private func terms(of member: Relevance.Member) throws -> [NDArray?] {
    let isDifference = backward.step.node.op.kind == .difference
    return try parts.indices.map { index in
      let weight: Float = isDifference && index == 1 ? -1 : 1
      let factor = member.weights.parts(of: [weight])[0] / weight
      guard factor != 0, let x = try parts[index][member.input] else { return nil }
      return factor == 1 ? x : try apply(.linear(factor, 0), x)
    }
  }
}
