public import AttributionKit
@_spi(Limn) import Tensors

/// One picture shown to a network, with one target chosen: where all methods start from.
public struct Inquiry: Sendable {
  /// The picture, and what the network answered.
  public let picture: AnsweredPicture
  /// What is to be explained.
  public let target: NamedTarget
  /// What the score of the target's class is.
  public let score: ScoreKind
  /// What the picture is compared with, where that is what is explained.
  public let reference: Reference?
  /// The run, asked about the target.
  public let session: ExplanationSession

  /// What was assumed, and what people should know before they believe what is said; where the picture is compared with
  /// another, it does not matter what the numbers mean.
  public var notes: [Note] { picture.notes.filter { reference == nil || $0.setting != .answer } }

  /// The target's class as people call it, `tabby − tiger cat` for a difference.
  public var targetName: String {
    if let reference { return "similar to \(reference.title)" }
    guard let choice = target.choice, !target.isNamedScore else { return target.expression }
    let names = picture.explainer.names
    if let box = target.box { return "\(elided(names.name(of: choice), to: 100)), \(box.name)" }
    guard let contrast = target.contrast else { return elided(names.name(of: choice), to: 200) }
    return "\(elided(names.name(of: choice), to: 100)) − \(elided(names.name(of: contrast), to: 100))"
  }

  /// How sure the network is of the target's class, over the places asked about; `nil` for what is about no class.
  public var probability: Float? {
    guard let choice = target.choice, !picture.explainer.names.areNumbers else { return nil }
    if let box = target.box { return box.detection.probability }
    let answer = picture.answer
    return target.places.map { answer.probability(of: choice, over: $0.weights) } ?? answer[choice]?.probability
  }

  /// What each of some methods makes of it, in their order; one that does not apply is an entry with the reason.
  ///
  /// - Throws: What the progress handler of the picture threw while a method ran.
  public func explained(by methods: [MethodExpression]) throws -> Explained {
    let entries = Comparison(of: methods).entries(in: session)
    try picture.interruption.check()
    return Explained(inquiry: self, entries: entries)
  }

  /// What `body` makes; what the progress handler of the picture threw in it goes before its result.
  package func interruptible<Value>(_ body: () throws -> Value) throws -> Value {
    let value = Result { try body() }
    try picture.interruption.check()
    return try value.get()
  }
}
