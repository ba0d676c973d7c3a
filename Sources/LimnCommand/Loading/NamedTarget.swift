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

  /// A target as it is differentiated.
  func scored(as kind: ScoreKind) throws -> any Target {
    var target = base
    if kind == .probability {
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
        Negative(of: logit)
      } else {
        logit
      }
    self.init(
      expression: expression, base: base, choice: choice, contrast: contrast,
      places: try region?.places(of: choice, in: answer))
  }
}
