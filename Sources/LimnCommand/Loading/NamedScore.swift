import AttributionKit
import Tensors

/// A score that the program or a plugin added, as `--target` names it: `margin`, `margin(tabby, 3)`.
struct NamedScore {
  let descriptor: TargetDescriptor
  let arguments: [String]

  /// The score that `text` names; `nil` where it names none.
  init?(_ text: String, in catalogue: Catalogue = .current) throws(Failure) {
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
    logits: Tensor, link: ProbabilityLink, classIndex: @escaping @Sendable (String) throws -> Int
  ) throws -> (target: any Target, score: Score) {
    let outputs = Outputs(logits: logits, link: link)
    let request = TargetRequest(arguments: arguments, outputs: outputs, classIndex: classIndex)
    let (target, score): (any Target, Score)
    do {
      target = try descriptor.target(request)
      score = try target.score(of: outputs)
    } catch let error as Refusal { throw error } catch let error as Failure { throw error } catch {
      throw Failure.badData("the target '\(descriptor.identifier)' cannot be had here: \(error)")
    }
    let classes = 0..<logits.scalars.count
    guard score.cotangents.explained?.shape == logits.shape,
      [score.classIndex, score.contrastIndex].allSatisfy({ $0.map(classes.contains) ?? true })
    else {
      throw Failure.badData(
        "the target '\(descriptor.identifier)' does not fit an output of \(logits.shape), which is for its author to mend"
      )
    }
    return (target, score)
  }
}
