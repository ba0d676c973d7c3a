import Tensors

/// A method of relevance propagation: the score handed back step by step, each sharing out what it gets among its inputs.
///
///     R⁽ˡ⁻¹⁾ = rule(R⁽ˡ⁾),    R at the outputs: what each adds to the score
///
/// The members of the family differ in their ``RelevanceRules``. What reaches the pixels is an attribution in their
/// shape; what reaches a layer is added up over its channels.
public protocol RelevanceMethod: AttributionMethod {
  /// Where the walk back ends.
  var layer: AttributedLayer { get }

  /// The rules for the steps of the session's run.
  ///
  /// - Throws: ``AttributionError`` where a parameter does not fit the network; whatever the model throws.
  func rules(in session: ExplanationSession) throws -> RelevanceRules

  /// What else there is to know about relevance in this session; nothing unless said.
  func facts(in session: ExplanationSession) throws -> [Fact]
}

extension RelevanceMethod {
  public func facts(in session: ExplanationSession) throws -> [Fact] { [] }

  /// The relevance of each pixel and channel, or of each place of a layer; its completeness says how much of the score
  /// it holds: the rest stays with biases, with what stabilises quotients, and beside the layer.
  ///
  /// - Throws: ``AttributionError`` where there is no such layer or the model gives no gradients; ``RuleError`` where its
  ///   adapter hands out no weights; whatever the model throws.
  public func attribution(in session: ExplanationSession) throws -> Attribution {
    let place = try layer.resolve(in: session), rules = try rules(in: session)
    let beginning = try session.retargeted(to: InitialRelevance(of: session.target))
    let relevance = try beginning.gradient(at: place, under: rules)
    let values = place == session.inputLayer ? relevance : relevance.channelSum()
    let conservation = Completeness(of: values, expected: beginning.score.value)
    return Attribution(
      values, at: place,
      facts: try [.completeness(conservation)] + facts(in: session) + rules.remarks(on: session)
        + beginning.remarks(on: session.score))
  }
}

extension RelevanceRules {
  /// What of a run these rules have no rule for.
  fileprivate func remarks(on session: ExplanationSession) -> [Fact] {
    let unruled = unruled(among: session.steps)
    guard let first = unruled.first else { return [] }
    let operators = unruled.map(\.operatorName).reduce(into: [String]()) { if !$0.contains($1) { $0.append($1) } }
    return [
      .remark(
        "relevance crosses \(unruled.count) steps (\(operators.joined(separator: ", "))) by their derivatives, since no "
          + "rule is known for them; the first is '\(first.name)'")
    ]
  }
}

extension ExplanationSession {
  /// Whether relevance, of which this is the session, begins with as much as the score is.
  fileprivate func remarks(on explained: Score) -> [Fact] {
    let (sum, score) = (self.score.value, explained.value)
    guard abs(sum - score) > 1e-4 * max(abs(sum), abs(score)) else { return [] }
    return [
      .remark(
        "the score is no sum of outputs, so that relevance begins with each output times its derivative, \(sum) in all")
    ]
  }
}
