import AttributionKit
import Tensors

/// One picture shown to a network, with one target chosen: where all methods start from.
struct Explanation {
  let classifier: Classifier
  let subject: Subject
  let target: NamedTarget
  let scoreKind: ScoreKind
  let answer: Answer
  let session: ExplanationSession
  /// How long the forward pass took.
  let forwardDuration: Duration

  /// The classes ranked highest.
  func predictions(top count: Int) -> [Prediction] { Array(answer.ranking.prefix(count)) }

  /// One explanation per target, all from one forward pass.
  static func all(
    of subject: Subject, by classifier: Classifier, targets: [TargetExpression], score: ScoreKind,
    region: AnsweredRegion?, reference: Reference?, options: SessionOptions
  ) throws -> [Explanation] {
    let start = ContinuousClock.now
    let session = try classifier.session(on: subject.input, options: options)
    let duration = ContinuousClock.now - start
    let answer = Answer(session, names: classifier.names, region: region?.weights)
    return try targets.flatMap { try $0.resolve(answer, region: region, reference: reference) }.map { target in
      Explanation(
        classifier: classifier, subject: subject, target: target, scoreKind: score, answer: answer,
        session: try session.retargeted(to: try target.scored(as: score)), forwardDuration: duration)
    }
  }

  /// The target's class as people call it, `tabby − tiger cat` for a difference.
  var targetName: String {
    guard let choice = target.choice, !target.isNamedScore else { return target.expression }
    let name = classifier.names.name(of: choice)
    guard let contrast = target.contrast else { return name }
    return "\(name) − \(classifier.names.name(of: contrast))"
  }

  /// How sure the network is of the target's class, over the places asked about; `nil` for what is about no class.
  var probability: Float? {
    guard let choice = target.choice else { return nil }
    return target.places.map { answer.probability(of: choice, over: $0.weights) } ?? answer[choice]?.probability
  }
}
