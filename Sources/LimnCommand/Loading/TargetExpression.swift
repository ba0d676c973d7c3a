import AttributionKit
import Foundation
import Tensors

/// What `--target` says, before the network's classes are known.
enum TargetExpression: Equatable {
  /// The classes the network ranks highest.
  case top(Int)
  /// A class by number or name, or a difference of two: only the labels tell `A - B` from a name with a dash.
  case classes(String)
  /// Likeness to the image of `--similar-to`.
  case similarity

  init(_ text: String) throws {
    let text = text.trimmed
    guard !text.isEmpty else { throw Failure.usage("the target is empty: give a class, 'prediction' or 'top:3'") }
    if text.lowercased() == "prediction" {
      self = .top(1)
    } else if text.lowercased().hasPrefix("top:") {
      guard let count = Int(text.dropFirst(4)), count > 0 else {
        throw Failure.usage("'\(text)' is not a target: 'top:3' means the three highest ranked classes")
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
  ///   - region: of a segmentation, which of its places are asked about; nothing of other networks.
  ///   - reference: what the picture may be compared with.
  /// - Returns: One target, or several of `top:3`.
  /// - Throws: ``Failure`` for what the network does not answer.
  func resolve(_ answer: Answer, region: AnsweredRegion?, reference: Reference?) throws -> [NamedTarget] {
    switch self {
    case .similarity:
      guard let reference else { throw Failure.usage("similar to what? give an image with --similar-to") }
      return [NamedTarget(expression: "similar to \(reference.name)", base: Similarity(to: reference.embedding))]
    case .top(let count):
      guard count <= answer.ranking.count else {
        throw Failure.badData("'top:\(count)' asks for more classes than the network's \(answer.ranking.count)")
      }
      return try answer.ranking.prefix(count).enumerated().map { rank, prediction in
        try NamedTarget(
          expression: rank == 0 ? "prediction" : "rank \(rank + 1)", choice: prediction.choice, answer, region)
      }
    case .classes(let text):
      let reader = ChoiceReader(answer: answer)
      if let named = try NamedScore(text) {
        return [try NamedTarget(named, written: text, answer, region) { try reader.choice($0).index }]
      }
      do {
        return [try NamedTarget(expression: text, choice: reader.choice(text), answer, region)]
      } catch let original {
        guard let pair = try reader.difference(text) else { throw original }
        guard !answer.names.isBinary else {
          throw Failure.usage(
            "'\(text)' is a difference of sides, and the network's only logit is that difference: leave out one side")
        }
        guard pair.choice != pair.contrast else {
          throw Failure.usage("'\(text)' is the difference of a class and itself: name two classes")
        }
        return [try NamedTarget(expression: text, choice: pair.choice, contrast: pair.contrast, answer, region)]
      }
    }
  }
}

/// Finds what the network may answer by number or name.
private struct ChoiceReader {
  let answer: Answer

  func choice(_ text: String) throws -> Choice {
    if text.lowercased() == "prediction" { return answer.ranking[0].choice }
    return try answer.names.choice(named: text)
  }

  /// The two classes of `A - B`; `nil` where the text has no such dash.
  ///
  /// Names may hold dashes themselves: the first place to part the text at which both sides are classes is taken.
  func difference(_ text: String) throws -> (choice: Choice, contrast: Choice)? {
    var rest = text.startIndex..<text.endIndex
    var failure: (any Error)?
    while let dash = text.range(of: " - ", range: rest) {
      do {
        return (try choice(text[..<dash.lowerBound].trimmed), try choice(text[dash.upperBound...].trimmed))
      } catch { failure = failure ?? error }
      rest = dash.upperBound..<text.endIndex
    }
    if let failure { throw failure }
    return nil
  }
}

extension StringProtocol {
  /// The text without white space at either end.
  var trimmed: String {
    guard let first = firstIndex(where: { !$0.isWhitespace }) else { return "" }
    return String(self[first...(lastIndex { !$0.isWhitespace } ?? first)])
  }
}
