/// Several methods explaining the same score, side by side.
public struct Comparison: Sendable {
  public let expressions: [MethodExpression]

  public init(of expressions: [MethodExpression]) { self.expressions = expressions }

  /// What one method made of the session.
  public struct Entry: Sendable {
    public let expression: MethodExpression
    /// The attribution, or why this network or target has none.
    public let outcome: Result<Attribution, any Error>
    /// How long it took; what earlier methods had computed already costs later ones nothing.
    public let duration: Duration
    /// The layer of the network whose weights hold numbers that are none; `nil` for methods that ask nothing of it.
    let damagedLayer: Layer?
  }

  /// What all of them take together in one session, beyond its forward pass.
  public func cost(on model: (any ModelAdapter)? = nil) -> Cost {
    expressions.reduce(.zero) { $0 + $1.cost(on: model) }
  }

  /// Runs every method in one session and returns the results in the order of ``expressions``.
  ///
  /// One method's failure does not stop the others. A method whose needs the model does not meet is not run; its outcome
  /// is ``AttributionError/unmetNeed(_:of:reason:)``. All layers whose gradients are needed are reached by one walk back
  /// through the network, and methods for the input continue it.
  public func entries(in session: ExplanationSession) -> [Entry] {
    let clock = ContinuousClock()
    let methods = expressions.map(\.method), damaged = session.model.damagedLayer
    var (entries, hasWalked): ([Entry?], Bool) = (expressions.map { _ in nil }, false)
    for index in methods.walkOrder(in: session.model) {
      let (start, expression) = (clock.now, expressions[index])
      let outcome = Result {
        try expression.requireNeeds(of: session.model)
        if !hasWalked, !expression.cost(on: session.model).sharedWalks.isEmpty {
          // In the time of the first method that needs it.
          session.walkBack(for: methods)
          hasWalked = true
        }
        return try expression.method.attribution(in: session)
      }
      let asksNetwork = expression.descriptors.contains { $0.family != .controls }
      entries[index] = Entry(
        expression: expression, outcome: outcome, duration: clock.now - start,
        damagedLayer: asksNetwork ? damaged : nil)
    }
    return entries.compactMap { $0 }
  }
}

extension Comparison.Entry {
  /// What there is to see in the attribution, or why there is nothing; `nil` where there is no attribution.
  ///
  /// It knows more than the attribution does: whether the method takes gradients at all, and whether weights of the
  /// network hold numbers that are none, which activation functions can hide.
  public var status: AttributionStatus? {
    guard case .success(let attribution) = outcome else { return nil }
    if damagedLayer != nil { return .nonFinite }
    let status = attribution.status
    return status == .zeroGradient && !expression.needs.contains(.gradients) ? .zero : status
  }

  /// What an unhappy status of the attribution means and what to try with this method, in one sentence; `nil` where all
  /// is well, and where there is no attribution.
  public var hint: String? {
    guard let status, let hint = status.hint else { return nil }
    if let damagedLayer {
      return "the weights of '\(damagedLayer.name)' hold numbers that are infinite or none (NaN), which later layers "
        + "may hide, so that nothing the network computes can be relied on; look for a better copy of its file"
    }
    guard status == .allNegative else { return hint }
    // Not what has been done already.
    let turned = "counterfactual=true", isTurned = expression.identifier.contains(turned)
    if isTurned || expression.names.contains(CombinationDescriptor.negative.identifier) { return hint }
    let canTurn = expression.descriptors.contains { $0.parameters.contains { $0.name == "counterfactual" } }
    return hint + ", or \(canTurn ? turned : "negative(…)"), which shows what counts against it"
  }
}
