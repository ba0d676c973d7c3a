public import AttributionKit
import Foundation

/// What is to be explained, as people write it, before the network's classes are known.
public enum TargetExpression: Sendable {
  /// The classes the network ranks highest, this many of them.
  case top(Int)
  /// A class by number or name, a difference of two, or a score that the catalogue names: only the labels tell `A - B`
  /// from a name with a dash.
  case classes(String)
  /// The class that the network ranks first, the one that was expected, by number or name, and the difference of the two; of
  /// a network that answers as expected, the one class.
  case expected(String)
  /// Likeness to the picture that the question refers to.
  case similarity
  /// A score of the program's own, under a name.
  case score(any Target, named: String)

  /// The class that the network ranks first.
  public static let prediction = TargetExpression.top(1)

  /// Reads `prediction`, `top:3`, a class by number or by name, `A - B`, or the name of a score.
  ///
  /// - Throws: ``ExplainingError`` for what is no target whatever the network.
  public init(_ text: String) throws(ExplainingError) {
    let text = text.trimmed
    guard !text.isEmpty else { throw .usage("the target is empty: give a class, 'prediction' or 'top:3'") }
    if text.lowercased() == "prediction" {
      self = .prediction
    } else if text.lowercased().hasPrefix("top:") {
      guard let count = Int(text.dropFirst(4)), count > 0 else {
        throw .usage("'\(text)' is not a target: 'top:3' means the three highest ranked classes")
      }
      self = .top(count)
    } else {
      self = .classes(text)
    }
  }
}

extension TargetExpression {
  /// The targets meant, given the network's answer for one picture.
  ///
  /// - Parameters:
  ///   - answer: the answer.
  ///   - catalogue: the scores that have names.
  ///   - region: of a segmentation, which of its places are asked about; nothing of other networks.
  ///   - reference: what the picture may be compared with.
  /// - Returns: One target, or several of `top:3`.
  /// - Throws: ``ExplainingError`` for what the network does not answer, and what a named score throws.
  func resolve(
    _ answer: Answer, in catalogue: Catalogue, region: AnsweredRegion?, reference: Reference?
  ) throws -> [NamedTarget] {
    switch self {
    case .similarity:
      guard let reference else { throw ExplainingError.usage("similar to what? give a picture", about: .reference) }
      return [NamedTarget(expression: "similar to \(reference.name)", base: Similarity(to: reference.embedding))]
    case .score(let target, let name):
      let score = try ScoreExpression.score(of: target, named: name, on: answer)
      return [try NamedTarget(target, score, written: name, answer, region)]
    case .top(let count):
      let names = answer.names
      guard !names.areNumbers || names.count == 1 && count == 1 else {
        throw ExplainingError.usage(
          "the network's \(names.count) numbers are no classes, of which one is predicted: name one, such as "
            + "'\(names.labels?.names.first ?? "0")'", about: .target)
      }
      guard count <= answer.ranking.count else {
        throw ExplainingError.data("'top:\(count)' asks for more classes than the network's \(answer.ranking.count)")
      }
      return try answer.ranking.prefix(count).enumerated().map { rank, prediction in
        try NamedTarget(
          expression: rank == 0 ? "prediction" : "rank \(rank + 1)", choice: prediction.choice, answer, region)
      }
    case .expected(let text):
      let reader = ChoiceReader(answer: answer), predicted = answer.ranking[0].choice
      let expected = try reader.choice(text.trimmed)
      guard expected != predicted else {
        return [try NamedTarget(expression: "prediction", choice: predicted, answer, region).asked(as: .met)]
      }
      let names = answer.names
      guard !names.areNumbers, !names.isBinary else {
        throw ExplainingError.usage(
          "'\(text)' can be expected of a network that chooses among classes: name a target instead", about: .target)
      }
      return [
        try NamedTarget(expression: "prediction", choice: predicted, answer, region).asked(as: .predicted),
        try NamedTarget(expression: text, choice: expected, answer, region).asked(as: .expected),
        try NamedTarget(expression: "prediction - \(text)", choice: predicted, contrast: expected, answer, region)
          .asked(as: .difference),
      ]
    case .classes(let text):
      let reader = ChoiceReader(answer: answer)
      if let named = try ScoreExpression(text, in: catalogue) {
        let (target, score) = try named.target(on: answer) { try reader.choice($0).index }
        return [try NamedTarget(target, score, written: text, answer, region)]
      }
      return [try classTarget(text, reader, region)]
    }
  }

  /// A class or, where the text is none, a difference of two.
  private func classTarget(
    _ text: String, _ reader: ChoiceReader, _ region: AnsweredRegion?
  ) throws(ExplainingError) -> NamedTarget {
    let answer = reader.answer
    let choice: Choice
    do { choice = try reader.choice(text) } catch let original {
      guard let pair = try reader.difference(text) else { throw original }
      guard !answer.names.isBinary else {
        throw .usage(
          "'\(text)' is a difference of sides, and the network's only logit is that difference: leave out one side")
      }
      guard !pair.choice.isNegative, !pair.contrast.isNegative else {
        throw .usage("'\(text)' is the difference of numbers of which one is turned around: leave the sign out")
      }
      guard pair.choice != pair.contrast else {
        throw .usage("'\(text)' is the difference of a class and itself: name two classes")
      }
      return try NamedTarget(expression: text, choice: pair.choice, contrast: pair.contrast, answer, region)
    }
    return try NamedTarget(expression: text, choice: choice, answer, region)
  }
}

/// Finds what the network may answer by number or name.
private struct ChoiceReader {
  let answer: Answer

  func choice(_ text: String) throws(ExplainingError) -> Choice {
    if text.lowercased() == "prediction" { return answer.ranking[0].choice }
    return try answer.names.choice(named: text)
  }

  /// The two classes of `A - B`; `nil` where the text has no such dash.
  ///
  /// Names may hold dashes themselves: the first place to part the text at which both sides are classes is taken.
  func difference(_ text: String) throws(ExplainingError) -> (choice: Choice, contrast: Choice)? {
    var rest = text.startIndex..<text.endIndex
    var failure: ExplainingError?
    while let dash = text.range(of: " - ", range: rest) {
      do throws(ExplainingError) {
        return (try choice(text[..<dash.lowerBound].trimmed), try choice(text[dash.upperBound...].trimmed))
      } catch { failure = failure ?? error }
      rest = dash.upperBound..<text.endIndex
    }
    if let failure { throw failure }
    return nil
  }
}
