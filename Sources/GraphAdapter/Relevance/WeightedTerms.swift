import AttributionKit
import GraphEngine
import Kernels

/// The terms of a linear step: parts of its input times parts of its weights.
final class WeightedTerms: RelevanceTerms {
  private let linear: LinearStep
  private let own: LinearWeights
  private let shapes: [[Int]]
  private let includesBias: Bool
  private var parts: InputParts

  init(_ linear: LinearStep, at backward: BackwardStep, _ step: Step, includesBias: Bool) throws {
    self.linear = linear
    self.includesBias = includesBias
    own = linear.weights
    shapes = backward.inputShapes
    parts = InputParts(of: try backward.input(linear.input), step)
  }

  func contribution(of member: Relevance.Member) throws -> NDArray? {
    guard let x = try parts[member.input] else { return nil }
    return try linear.forward(x, weights(of: member))
  }

  func shares(of member: Relevance.Member, _ quotient: NDArray) throws -> [NDArray?] {
    guard let x = try parts[member.input] else { return shapes.map { _ in nil } }
    let pulled = try linear.pullback(quotient, weights(of: member), inputShape: shapes[linear.input])
    let share = member.input == .ones ? pulled : try combine(.multiply, x, pulled)
    return shapes.indices.map { $0 == linear.input ? share : nil }
  }

  func output() throws -> NDArray {
    // Not what the pass computed, which rounding may have put on the other side of zero.
    guard let x = try parts[.all] else { preconditionFailure("the whole of an input is there") }
    return try linear.forward(x, own)
  }

  /// The part of the weights, and of the bias where the input that is always one has a part.
  private func weights(of member: Relevance.Member) -> LinearWeights {
    let hasBias = includesBias && member.input != .negative
    return LinearWeights(
      member.weights.part(of: own.weights), bias: hasBias ? own.bias.map(member.weights.part) : nil)
  }
}

extension Relevance.WeightPart {
  /// The part of weights, made once for as long as they live.
  func part(of weights: NDArray) -> NDArray {
    if self == .all { return weights }
    return weights.derived("\(self) of weights", from: []) {
      [NDArray(parts(of: weights.scalars), shape: weights.shape).asConstant()]
    }[0]
  }

  /// The part of each of some weights; one loop per part, so that each is compiled to vector instructions.
  func parts(of weights: [Float]) -> [Float] {
    switch self {
    case .all: weights
    case .positive: weights.map { max(0, $0) }
    case .negative: weights.map { min(0, $0) }
    case .ones: weights.map { _ in 1 }
    case .squared: weights.map { $0 * $0 }
    case .positiveReinforced(let gamma): weights.map { $0 + gamma * max(0, $0) }
    case .negativeReinforced(let gamma): weights.map { $0 + gamma * min(0, $0) }
    }
  }
}
