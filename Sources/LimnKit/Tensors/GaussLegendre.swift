#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// Gauss–Legendre quadrature between 0 and 1: exact for polynomials up to degree `2·count − 1`.
public struct GaussLegendre: Hashable, Sendable {
  /// Where the integrand is evaluated, from 0 to 1 in ascending order, and how much each place counts.
  public let nodes: [Node]

  public struct Node: Hashable, Sendable {
    public let place: Float
    public let weight: Float

    /// A place from 0 to 1, and how much the integrand counts there.
    public init(place: Float, weight: Float) { (self.place, self.weight) = (place, weight) }
  }

  /// The rule with `count` nodes, the roots of the Legendre polynomial of that degree; for less than one, the rule
  /// without nodes, which makes nothing of any integrand.
  public init(count: Int) {
    nodes = (0..<max(0, count)).reversed().map { $0 + 1 }.map { index in
      // Close enough to the root for Newton's method to double the correct digits at every turn.
      var x = cos(Double.pi * (Double(index) - 0.25) / (Double(count) + 0.5))
      var slope = 1.0
      for _ in 0..<8 {
        let (value, derivative) = Self.legendre(degree: count, at: x)
        x -= value / derivative
        slope = derivative
      }
      // On −1…1 the weights add up to 2, here to 1.
      return Node(place: Float((x + 1) / 2), weight: Float(1 / ((1 - x * x) * slope * slope)))
    }
  }

  /// The Legendre polynomial and its derivative, by Bonnet's recursion.
  private static func legendre(degree: Int, at x: Double) -> (value: Double, derivative: Double) {
    var (previous, value) = (1.0, x)
    for n in stride(from: 2, through: degree, by: 1) {
      (previous, value) = (value, (Double(2 * n - 1) * x * value - Double(n - 1) * previous) / Double(n))
    }
    return (value, Double(degree) * (x * value - previous) / (x * x - 1))
  }
}
