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
  }

  /// What all of them take together in one session, beyond its forward pass.
  public func cost(on model: (any ModelAdapter)? = nil) -> Cost {
    expressions.reduce(.zero) { $0 + $1.cost(on: model) }
  }

  /// Runs every method in one session and returns the results in the order of ``expressions``.
  ///
  /// One method's failure does not stop the others. A method whose needs the model does not meet is not run; its outcome
  /// is ``AttributionError/unmetNeed(_:of:reason:)``. Methods that attribute to layers go first, the deepest leading, so
  /// that those for shallower layers and for the input continue the same walk back through the network.
  public func entries(in session: ExplanationSession) -> [Entry] {
    let clock = ContinuousClock()
    var entries: [Entry?] = expressions.map { _ in nil }
    for index in expressions.map(\.method).walkOrder(in: session.model) {
      let (start, expression) = (clock.now, expressions[index])
      let outcome = Result {
        try expression.requireNeeds(of: session.model)
        return try expression.method.attribution(in: session)
      }
      entries[index] = Entry(expression: expression, outcome: outcome, duration: clock.now - start)
    }
    return entries.compactMap { $0 }
  }
}
