import Tensors

/// Where one method sees more than another, each counting with the strength that a picture of it would show.
///
///     M = m₁ / |m₁| − m₂ / |m₂|
///
/// On the finer of their grids; see ``Maximum`` for `|m|`. Source: the difference of two maps as in the contrastive
/// excitation backpropagation of Zhang et al., ECCV 2016, arXiv:1608.00507, section 3.3.
public struct Difference: AttributionMethod {
  public let first: any AttributionMethod
  public let second: any AttributionMethod

  public init(_ first: any AttributionMethod, _ second: any AttributionMethod) {
    self.first = first
    self.second = second
  }

  public var parts: [any AttributionMethod] { [first, second] }

  /// - Throws: ``AttributionError/incompatibleGrids(_:_:)``.
  public func attribution(in session: ExplanationSession) throws -> Attribution {
    let parts = try CommonGround(of: parts, in: session)
    return parts.attribution(parts.values[0] - parts.values[1])
  }
}
