public import AttributionKit
import Images
import Synchronization
import Tensors

/// One picture shown to a network: what it answered, and the run that questions about it start from.
public struct AnsweredPicture: Sendable {
  /// The network that was shown the picture.
  public let explainer: Explainer
  /// The picture, as people see it and as the network received it.
  public let subject: Subject
  /// What the network answered.
  public let answer: Answer
  /// The part of the picture that the network is asked about; `nil` where it answers for the picture as a whole.
  public let region: AnsweredRegion?
  /// What was found in the picture, of a detector; `nil` of other networks.
  public let detections: Detections?
  /// The run, asked for the network's own answer.
  public let session: ExplanationSession
  /// How long the forward pass took.
  public let forwardDuration: Duration
  /// What the progress handler threw while a method ran; a method's own failure is a result instead.
  let interruption: Interruption

  /// The classes ranked highest.
  public func predictions(top count: Int) -> [Prediction] { Array(answer.ranking.prefix(count)) }

  /// What was assumed, and what people should know before they believe what is said of this picture.
  public var notes: [Note] {
    explainer.notes + subject.notes + (detections?.notes ?? [])
      + (subject.preprocessing == nil ? [] : explainer.recipeNote.map { [$0] } ?? [])
  }

  /// One inquiry per target of a question, all from the one forward pass.
  ///
  /// A question about another region than the answer's is put to the answer about that region.
  ///
  /// - Throws: ``ExplainingError`` for what the network does not answer.
  public func inquiries(_ question: Question) throws(ExplainingError) -> [Inquiry] {
    if let region = question.region, region.text != self.region?.expression {
      var rest = question
      rest.region = nil
      return try about(region).inquiries(rest)
    }
    return try explaining {
      try targets(of: question).map { target in
        let score = question.score ?? explainer.score
        return Inquiry(
          picture: self, target: target, score: score, reference: target.isSimilarity ? question.reference : nil,
          session: try session.retargeted(to: target.scored(as: score)))
      }
    }
  }

  private func targets(of question: Question) throws -> [NamedTarget] {
    if let detections { return try detections.targets(of: question, answer, on: subject.name) }
    guard question.boxes.isEmpty else {
      throw ExplainingError.usage(
        "a box is asked of a detector, and this network answers otherwise: leave it out", about: .box)
    }
    return try question.targets.flatMap {
      try $0.resolve(answer, in: explainer.catalogue, region: region, reference: question.reference)
    }
  }

  /// The same run of a segmentation with the answer about another part of the picture.
  ///
  /// - Throws: ``ExplainingError`` where the network answers for the picture as a whole, or sees nothing of the region.
  public func about(_ region: RegionExpression) throws(ExplainingError) -> AnsweredPicture {
    let answered = try explainer.answeredRegion(region, of: subject)
    return AnsweredPicture(
      explainer: explainer, subject: subject,
      answer: Answer(session, names: explainer.names, region: answered?.weights), region: answered,
      detections: detections, session: session,
      forwardDuration: forwardDuration, interruption: interruption)
  }
}

/// Keeps what a progress handler throws while a method runs, whose own errors are results.
final class Interruption: Sendable {
  private let error = Mutex<(any Error)?>(nil)

  /// Calls `body`, and keeps its error, the first of several.
  func keeping(_ body: () throws -> Void) throws {
    do { try body() } catch {
      self.error.withLock { $0 = $0 ?? error }
      throw error
    }
  }

  /// Throws what was kept.
  func check() throws { if let error = error.withLock({ $0 }) { throw error } }
}
