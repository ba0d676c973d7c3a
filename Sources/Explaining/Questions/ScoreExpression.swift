import AttributionKit
import Tensors

/// A score that a program or a loaded plugin added, as people ask for it: `margin`, `margin(tabby, 3)`.
struct ScoreExpression {
  let descriptor: TargetDescriptor
  let arguments: [String]

  /// The score that `text` names; `nil` where it names none.
  init?(_ text: String, in catalogue: Catalogue) throws(ExplainingError) {
    let name = text.prefix { $0 != "(" }
    guard let descriptor = catalogue.target(named: name.trimmed) else { return nil }
    self.descriptor = descriptor
    let rest = text[name.endIndex...].trimmed
    guard !rest.isEmpty else {
      arguments = []
      return
    }
    guard rest.hasSuffix(")") else {
      throw .usage("the parenthesis of '\(text)' does not end: write '\(descriptor.usage)'")
    }
    let inside = rest.dropFirst().dropLast()
    arguments =
      inside.trimmed.isEmpty ? [] : inside.split(separator: ",", omittingEmptySubsequences: false).map(\.trimmed)
  }

  /// The target, made sure to hold together: everything after relies on it.
  func target(
    on answer: Answer, classIndex: @escaping @Sendable (String) throws -> Int
  ) throws(ExplainingError) -> (target: any Target, score: Score) {
    let request = TargetRequest(
      arguments: arguments, outputs: try explaining { try answer.outputs }, classIndex: classIndex)
    let target: any Target
    do { target = try descriptor.target(request) } catch {
      throw Self.refusal(of: descriptor.identifier, because: error)
    }
    return (target, try Self.score(of: target, named: descriptor.identifier, on: answer))
  }

  /// The score of a target of somebody's own, in one place where the network answers for many.
  static func score(
    of target: any Target, named name: String, on answer: Answer
  ) throws(ExplainingError) -> Score {
    let logits = answer.pooled
    let score: Score
    do { score = try target.score(of: answer.outputs) } catch {
      throw refusal(of: name, because: error)
    }
    let classes = 0..<logits.scalars.count
    guard score.cotangents.explained?.shape == logits.shape,
      [score.classIndex, score.contrastIndex].allSatisfy({ $0.map(classes.contains) ?? true })
    else {
      throw .data("the target '\(name)' does not fit an output of \(logits.shape), which is for its author to mend")
    }
    return score
  }

  /// What authors say in so many words stands as it is.
  private static func refusal(of name: String, because error: any Error) -> ExplainingError {
    switch error {
    case is Refusal, is ExplainingError: ExplainingError(error)
    default: .data("the target '\(name)' cannot be had here: \(error)")
    }
  }
}
