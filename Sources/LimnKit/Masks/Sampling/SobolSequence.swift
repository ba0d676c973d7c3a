import Tensors

/// Points that fill a cube of many dimensions more evenly than chance does.
///
/// In each dimension the first `2ᵏ` points lie one in each of `2ᵏ` equal intervals. Dimension after dimension takes the next
/// primitive polynomial over the field of two elements, found by trying them, and odd direction numbers drawn once and for
/// all; a digital shift by the seed moves all points together and keeps what is even about them.
///
/// Source: Sobol', *On the distribution of points in a cube and the approximate evaluation of integrals*, 1967,
/// doi:10.1016/0041-5553(67)90144-9; the order of the points by Antonov & Saleev, 1979, doi:10.1016/0041-5553(79)90085-5.
public struct SobolSequence: Hashable, Sendable {
  public let dimensions: Int
  /// For each dimension what its points differ by, in units of 2⁻³².
  private let directions: [[UInt32]]
  private let shifts: [UInt32]

  /// - Parameters:
  ///   - dimensions: How many numbers a point has.
  ///   - seed: Decides the shift; `nil` leaves the points where they are, the first of them at zero.
  public init(dimensions: Int, seed: UInt64? = nil) {
    self.dimensions = dimensions
    var generator = SplitMix64(seed: 0x50_B01)
    var polynomials = PrimitivePolynomials()
    directions = (0..<dimensions).map { dimension in
      dimension == 0
        ? (0..<32).map { 1 << (31 - UInt32($0)) } : Self.directions(of: polynomials.next(), &generator)
    }
    var shift = seed.map { SplitMix64(seed: $0) }
    shifts = (0..<dimensions).map { _ in shift.map { _ in UInt32(shift!.next() >> 32) } ?? 0 }
  }

  /// The point of this number: `dimensions` numbers from 0 up to 1.
  public subscript(index: Int) -> [Float] {
    let gray = UInt32(truncatingIfNeeded: index ^ (index >> 1))
    return zip(directions, shifts).map { directions, shift in
      var bits = shift
      var rest = gray
      while rest != 0 {
        bits ^= directions[rest.trailingZeroBitCount]
        rest &= rest - 1
      }
      // As many digits as a 32-bit float below 1 has.
      return Float(bits >> 8) * 0x1p-24
    }
  }

  /// `vₖ = a₁vₖ₋₁ ⊕ … ⊕ aₛ₋₁vₖ₋ₛ₊₁ ⊕ vₖ₋ₛ ⊕ vₖ₋ₛ/2ˢ`, the first `s` of them any odd multiples of `2⁻ᵏ`.
  private static func directions(of polynomial: UInt32, _ generator: inout SplitMix64) -> [UInt32] {
    let degree = 31 - polynomial.leadingZeroBitCount
    var directions = (0..<min(degree, 32)).map { k -> UInt32 in
      let odd = UInt32(generator.below(1 << k)) * 2 + 1
      return odd << (31 - UInt32(k))
    }
    for k in degree..<32 {
      var value = directions[k - degree] ^ (directions[k - degree] >> UInt32(degree))
      for j in 1..<max(1, degree) where polynomial >> UInt32(degree - j) & 1 == 1 { value ^= directions[k - j] }
      directions.append(value)
    }
    return directions
  }
}

/// The primitive polynomials over the field of two elements, by degree: a bit for each coefficient.
private struct PrimitivePolynomials {
  private var last: UInt32 = 0b10

  mutating func next() -> UInt32 {
    repeat { last += 1 } while !Self.isPrimitive(last)
    return last
  }

  /// Whether `x` runs through all other remainders before it comes back to 1.
  private static func isPrimitive(_ polynomial: UInt32) -> Bool {
    let degree = UInt32(31 - polynomial.leadingZeroBitCount)
    guard polynomial & 1 == 1 else { return false }
    var (remainder, order): (UInt32, UInt32) = (1, 0)
    repeat {
      remainder <<= 1
      if remainder >> degree & 1 == 1 { remainder ^= polynomial }
      order += 1
    } while remainder != 1 && order < 1 << degree
    return order == (1 << degree) - 1
  }
}
