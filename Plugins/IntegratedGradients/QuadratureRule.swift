import Tensors

/// Where on the path gradients are taken, and how much each counts.
public enum QuadratureRule: String, Hashable, Sendable, CaseIterable, CustomStringConvertible {
  /// The nodes of Gauss and Legendre, exact for polynomials of twice their number.
  case gaussLegendre = "gauss-legendre"
  /// Both ends and what lies evenly between them, the ends counting half, as in xplique.
  case trapezoid
  /// The ends of equal parts away from the baseline: the paper's equation 3.
  case right = "riemann-right"
  /// The ends of equal parts towards the baseline.
  case left = "riemann-left"
  /// The middles of equal parts.
  case middle = "riemann-middle"

  public var description: String { rawValue }

  /// So many nodes; of a trapezoid at least its two ends.
  func nodes(_ count: Int) -> [GaussLegendre.Node] {
    func even(_ shift: Float) -> [GaussLegendre.Node] {
      (0..<count).map { .init(place: (Float($0) + shift) / Float(count), weight: 1 / Float(count)) }
    }
    switch self {
    case .gaussLegendre: return GaussLegendre(count: count).nodes
    case .left: return even(0)
    case .middle: return even(0.5)
    case .right: return even(1)
    case .trapezoid:
      let parts = max(1, count - 1)
      return (0...parts).map {
        .init(place: Float($0) / Float(parts), weight: ($0 == 0 || $0 == parts ? 0.5 : 1) / Float(parts))
      }
    }
  }
}
