import AttributionKit
import Tensors

/// A target that the network can be asked about, with what people call it.
struct NamedTarget {
  /// What the user wrote, or `prediction`.
  let expression: String
  /// What is asked, of one place where the network answers for many.
  let base: any Target
  /// The class or side that it speaks for; `nil` for a similarity.
  var choice: Choice?
  /// The class held against it.
  var contrast: Choice?
  /// Which places are asked about, of a network that answers for many.
  var places: AnsweredRegion.Places?
  /// Whether this is a score of a plugin's own, which no class's name says.
  var isNamedScore = false

  /// Whether the picture is compared with another.
  var isSimilarity: Bool { choice == nil && !isNamedScore }

  /// A target as it is differentiated.
  func scored(as kind: ScoreKind) throws -> any Target {
    var target = base
    if kind == .probability {
      guard !isNamedScore else {
        throw Failure.usage("'\(expression)' is a score of its own: leave out --score probability")
      }
      guard contrast == nil else {
        throw Failure.usage("'\(expression)' is a difference of logits: leave out --score probability")
      }
      target = ClassProbability(of: base)
    }
    return places.map { RegionMean(of: target, over: .weights($0.weights)) } ?? target
  }
}

extension NamedTarget {
  /// A class or side, or why one class rather than another.
  ///
  /// - Throws: ``Failure`` where its places are those that the network predicts as it, and there are none.
  init(
    expression: String, choice: Choice, contrast: Choice? = nil, _ answer: Answer, _ region: AnsweredRegion?
  ) throws {
    let logit = ClassLogit(index: choice.index)
    let base: any Target =
      if let contrast {
        LogitDifference(index: choice.index, contrast: contrast.index)
      } else if choice.isNegative {
        Opposite(of: logit)
      } else {
        logit
      }
    self.init(
      expression: expression, base: base, choice: choice, contrast: contrast,
      places: try region?.places(of: choice, in: answer))
  }

  /// A score of a plugin's own, of a segmentation asked where the class is predicted that it speaks for.
  init(
    _ named: NamedScore, written text: String, _ answer: Answer, _ region: AnsweredRegion?,
    classIndex: @escaping @Sendable (String) throws -> Int
  ) throws {
    let (target, score) = try named.target(logits: answer.pooled, link: answer.link, classIndex: classIndex)
    let choice = score.classIndex.map { Choice(index: $0, isNegative: score.isNegative && answer.names.isBinary) }
    self.init(
      expression: text, base: target, choice: choice, contrast: score.contrastIndex.map { Choice(index: $0) },
      places: try region?.places(of: choice, in: answer), isNamedScore: true)
  }
}
