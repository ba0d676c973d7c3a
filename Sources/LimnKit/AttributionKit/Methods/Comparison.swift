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

  /// Runs every method in one session and returns the results in the order of ``expressions``.
  ///
  /// One method's failure does not stop the others. Methods that attribute to layers go first, the deepest leading,
  /// so that those for shallower layers and for the input continue the same walk back through the network.
  public func entries(in session: ExplanationSession) -> [Entry] {
    let clock = ContinuousClock()
    let costs = expressions.map { Self.place(of: $0, in: session) }
    var entries: [Entry?] = expressions.map { _ in nil }
    for index in expressions.indices.sorted(by: { (costs[$0], $0) < (costs[$1], $1) }) {
      let start = clock.now
      let outcome = Result { try expressions[index].method.attribution(in: session) }
      entries[index] = Entry(expression: expressions[index], outcome: outcome, duration: clock.now - start)
    }
    return entries.compactMap { $0 }
  }

  /// Lower goes first: deep layers, then layers that the method keeps to itself, then the input.
  private static func place(of expression: MethodExpression, in session: ExplanationSession) -> Int {
    guard expression.needs.contains(.spatialLayer) else { return 1 }
    return (expression.method as? any ClassActivationMapping)?.place(in: session) ?? 0
  }
}
