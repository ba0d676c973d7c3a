/// A method assembled from others.
public protocol ComposedMethod: AttributionMethod {
  associatedtype Body: AttributionMethod
  /// The method that does the work.
  var body: Body { get }
}

extension ComposedMethod {
  public var parts: [any AttributionMethod] { [body] }

  public func attribution(in session: ExplanationSession) throws -> Attribution { try body.attribution(in: session) }
}
