import Tensors

/// Where several methods agree: their mean, the less of it the more they differ at a place.
///
///     M = m̄ / (1 + σ/σ̄),   m̄ and σ the mean and the standard deviation of mᵢ / |mᵢ| at each place, σ̄ the mean of σ
///
/// On the finest of their grids; methods that agree everywhere make their mean. Source: the form is that of AGG-Var of Rieger
/// & Hansen, "Aggregating explanation methods for stable and robust explainability", 2019, arXiv:1903.00519, the mean over
/// the deviation with a constant added to it; the constant here is `σ̄`, so that no scale of the methods matters.
public struct Consensus: AttributionMethod {
  public let methods: [any AttributionMethod]

  /// The consensus of one method or more.
  public init(_ methods: [any AttributionMethod]) { self.methods = methods }

  public var parts: [any AttributionMethod] { methods }

  /// - Throws: ``AttributionError/nothingToCombine``, ``AttributionError/incompatibleGrids(_:_:)``.
  public func attribution(in session: ExplanationSession) throws -> Attribution {
    let parts = try CommonGround(of: methods, in: session), share = 1 / Float(methods.count)
    let mean = share * parts.values.dropFirst().reduce(parts.values[0], +)
    let squares = parts.values.map { ($0 - mean) * ($0 - mean) }
    let deviation = (share * squares.dropFirst().reduce(squares[0], +)).squareRoots()
    // Where they agree everywhere, nothing is taken off.
    return parts.attribution(mean / (1 + deviation.dividedOrZero(by: deviation.mean())))
  }
}
