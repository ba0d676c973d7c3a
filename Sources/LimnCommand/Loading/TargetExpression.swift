import AttributionKit
import Foundation
import Tensors

/// What `--target` says, before the network's classes are known.
enum TargetExpression: Equatable {
  /// The classes the network ranks highest.
  case top(Int)
  /// A class by number or name, or a difference of two: only the labels tell `A - B` from a name with a dash.
  case classes(String)

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

/// A target that the network can be asked about, with what people call it.
struct NamedTarget {
  /// What the user wrote, or `prediction`.
  let expression: String
  let target: any Target
  let index: Int
  /// The class held against it.
  var contrast: Int?
  /// Whether this is a score of a plugin's own, which no class's name says.
  var isNamedScore = false
}

extension TargetExpression {
  /// The targets meant, given the logits of one image; `link` is how they become probabilities.
  func resolve(logits: Tensor, labels: Labels?, link: ProbabilityLink) throws -> [NamedTarget] {
    let order = logits.descendingOrder()
    switch self {
    case .top(let count):
      guard count <= order.count else {
        throw Failure.badData("'top:\(count)' asks for more classes than the network's \(order.count)")
      }
      return (0..<count).map { rank in
        NamedTarget(
          expression: rank == 0 ? "prediction" : "rank \(rank + 1)", target: RankedLogit(rank: rank),
          index: order[rank])
      }
    case .classes(let text):
      let reader = ClassReader(prediction: order[0], count: order.count, labels: labels)
      if let named = try NamedScore(text) {
        let (target, score) = try named.target(logits: logits, link: link) { try reader.index(of: $0) }
        return [
          NamedTarget(
            expression: text, target: target, index: score.classIndex, contrast: score.contrastIndex,
            isNamedScore: true)
        ]
      }
      do {
        let index = try reader.index(of: text)
        return [NamedTarget(expression: text, target: ClassLogit(index: index), index: index)]
      } catch let original {
        guard let pair = try reader.difference(text) else { throw original }
        guard pair.index != pair.contrast else {
          throw Failure.usage("'\(text)' is the difference of a class and itself: name two classes")
        }
        return [
          NamedTarget(
            expression: text, target: LogitDifference(index: pair.index, contrast: pair.contrast), index: pair.index,
            contrast: pair.contrast)
        ]
      }
    }
  }
}

/// Finds classes by number or name.
private struct ClassReader {
  let prediction: Int
  let count: Int
  let labels: Labels?

  func index(of text: String) throws -> Int {
    if let number = Int(text) {
      guard (0..<count).contains(number) else {
        throw Failure.badData("there is no class \(number): the network has \(count), numbered from 0 to \(count - 1)")
      }
      return number
    }
    if text.lowercased() == "prediction" { return prediction }
    guard let labels else {
      throw Failure.badData("'\(text)' cannot be looked up without names: give --labels FILE, or the class's number")
    }
    return try labels.index(of: text)
  }

  /// The two classes of `A - B`; `nil` where the text has no such dash.
  ///
  /// Names may hold dashes themselves: the first place to part the text at which both sides are classes is taken.
  func difference(_ text: String) throws -> (index: Int, contrast: Int)? {
    var rest = text.startIndex..<text.endIndex
    var failure: (any Error)?
    while let dash = text.range(of: " - ", range: rest) {
      do {
        return (
          try index(of: text[..<dash.lowerBound].trimmed), try index(of: text[dash.upperBound...].trimmed)
        )
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
