import AttributionKit
import Tensors

/// One picture shown to a network, with one target chosen: where all methods start from.
struct Explanation {
  let classifier: Classifier
  let subject: Subject
  let target: NamedTarget
  let scoreKind: ScoreKind
  let session: ExplanationSession
  /// How long the forward pass took.
  let forwardDuration: Duration

  /// The classes ranked highest.
  func predictions(top count: Int) -> [Prediction] {
    classifier.predictions(logits: session.logits, probabilities: session.probabilities, top: count)
  }

  /// One explanation per target, all from one forward pass.
  static func all(
    of subject: Subject, by classifier: Classifier, targets: [TargetExpression], score: ScoreKind,
    options: SessionOptions
  ) throws -> [Explanation] {
    let start = ContinuousClock.now
    let session = try ExplanationSession(
      of: classifier.model, on: subject.input, for: .prediction, options: options)
    let duration = ContinuousClock.now - start
    return try targets.flatMap {
      try $0.resolve(
        logits: session.logits, labels: classifier.labels, link: classifier.model.probabilityLink)
    }.map { target in
      Explanation(
        classifier: classifier, subject: subject, target: target, scoreKind: score,
        session: try session.retargeted(to: try target.scored(as: score)), forwardDuration: duration)
    }
  }

  /// The target's class as people call it, `tabby − tiger cat` for a difference.
  var targetName: String {
    if target.isNamedScore { return target.expression }
    let name = classifier.name(of: target.index)
    guard let contrast = target.contrast else { return name }
    return "\(name) − \(classifier.name(of: contrast))"
  }
}

extension NamedTarget {
  fileprivate func scored(as kind: ScoreKind) throws -> any Target {
    guard kind == .probability else { return target }
    guard !isNamedScore else {
      throw Failure.usage("'\(expression)' is a score of its own: leave out --score probability")
    }
    guard contrast == nil else {
      throw Failure.usage("'\(expression)' is a difference of logits: leave out --score probability")
    }
    return ClassProbability(of: target)
  }
}
