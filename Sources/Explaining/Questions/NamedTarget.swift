public import AttributionKit
import Images
import Tensors

/// A target that the network can be asked about, with what people call it.
public struct NamedTarget: Sendable {
  /// What the user wrote, or `prediction`.
  public let expression: String
  /// What is asked, of one place where the network answers for many.
  public let base: any Target
  /// The class or side that it speaks for; `nil` for a similarity.
  public private(set) var choice: Choice?
  /// The class held against it.
  public private(set) var contrast: Choice?
  /// Which places are asked about, of a network that answers for many.
  public private(set) var places: AnsweredRegion.Places?
  /// Whether this is a score of somebody's own, which no class's name says.
  public private(set) var isNamedScore = false

  /// Which part it has where a class was expected.
  package private(set) var expectation: Expectation?

  /// The three targets of ``TargetExpression/expected(_:)`` in their order, or the only one where the network predicts what
  /// was expected.
  package enum Expectation: Sendable { case predicted, expected, difference, met }

  /// Of a detector, the box that is asked about.
  public private(set) var box: FoundBox?

  /// Whether the picture is compared with another.
  public var isSimilarity: Bool { choice == nil && !isNamedScore }

  /// A target about no class.
  init(expression: String, base: any Target) {
    self.expression = expression
    self.base = base
  }

  /// The same as what was expected, or one of three that are shown together.
  func asked(as expectation: Expectation) -> NamedTarget {
    var target = self
    target.expectation = expectation
    return target
  }

  /// The target as it is differentiated: the mean over the places where there are any.
  ///
  /// - Throws: ``ExplainingError`` where the target has no probability.
  public func scored(as kind: ScoreKind) throws(ExplainingError) -> any Target {
    if let box { return try scored(box, as: kind) }
    guard kind == .logit || kind == .probability else {
      throw .usage(
        "'\(kind.rawValue)' is a score of a detector's boxes: ask for the logit, or the probability", about: .score)
    }
    var target = base
    if kind == .probability {
      guard !isNamedScore else {
        throw .usage(
          "'\(expression)' is a score of its own, which has no probability: ask for the logit", about: .score)
      }
      guard contrast == nil else {
        throw .usage(
          "'\(expression)' is a difference of logits, which has no probability: ask for the logit", about: .score)
      }
      target = ClassProbability(of: base)
    }
    return places.map { RegionMean(of: target, over: .weights($0.weights)) } ?? target
  }
}

extension NamedTarget {
  /// A row of a detector, and the class in it that is asked about.
  init(
    expression: String, _ detection: Detection, number: Int?, place: Rectangle?, parts: BoxParts,
    in head: DetectionHead
  ) {
    self.init(
      expression: expression, base: DetectionScore(.logit(detection.classIndex), of: detection.row, in: head))
    choice = Choice(index: detection.classIndex)
    box = FoundBox(detection: detection, number: number, place: place, parts: parts, head: head)
  }

  /// A class or side, or why one class rather than another.
  ///
  /// - Throws: ``ExplainingError`` where its places are those that the network predicts as it, and there are none.
  init(
    expression: String, choice: Choice, contrast: Choice? = nil, _ answer: Answer, _ region: AnsweredRegion?
  ) throws(ExplainingError) {
    let logit = ClassLogit(index: choice.index)
    let base: any Target =
      if let contrast {
        LogitDifference(index: choice.index, contrast: contrast.index)
      } else if choice.isNegative {
        Opposite(of: logit)
      } else {
        logit
      }
    self.init(expression: expression, base: base)
    (self.choice, self.contrast) = (choice, contrast)
    places = try region?.places(of: choice, in: answer)
  }

  /// A score of somebody's own, of a segmentation asked where the class is predicted that it speaks for.
  init(
    _ target: any Target, _ score: Score, written text: String, _ answer: Answer, _ region: AnsweredRegion?
  ) throws(ExplainingError) {
    self.init(expression: text, base: target)
    choice = score.classIndex.map { Choice(index: $0, isNegative: score.isNegative && answer.names.count == 1) }
    contrast = score.contrastIndex.map { Choice(index: $0) }
    places = try region?.places(of: choice, in: answer)
    isNamedScore = true
  }
}
