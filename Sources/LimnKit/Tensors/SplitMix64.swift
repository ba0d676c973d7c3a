/// A small generator of pseudorandom numbers: the same sequence from the same seed on every platform.
///
/// Source: Steele, Lea and Flood, "Fast splittable pseudorandom number generators", OOPSLA 2014, figure 17, with the
/// constants of its successor in the public domain by S. Vigna.
public struct SplitMix64: RandomNumberGenerator, Hashable, Sendable {
  private var state: UInt64

  public init(seed: UInt64) { state = seed }

  /// One of many independent generators of one seed, so that what has a number can be drawn again by itself.
  public init(seed: UInt64, stream: Int) {
    var streams = SplitMix64(seed: seed)
    streams.state &+= UInt64(truncatingIfNeeded: stream) &* 0x9E37_79B9_7F4A_7C15
    // Twice through, since neighbouring streams would otherwise be shifts of one sequence.
    var first = SplitMix64(seed: streams.next())
    state = first.next()
  }

  public mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var bits = state
    bits = (bits ^ (bits >> 30)) &* 0xBF58_476D_1CE4_E5B9
    bits = (bits ^ (bits >> 27)) &* 0x94D0_49BB_1331_11EB
    return bits ^ (bits >> 31)
  }

  /// A number from 0 up to 1, a multiple of 2⁻²⁴.
  public mutating func uniform() -> Float { Float(next() >> 40) * 0x1p-24 }

  /// A whole number from 0 up to `bound`, which is at least 1.
  public mutating func below(_ bound: Int) -> Int {
    Int(next().multipliedFullWidth(by: UInt64(bound)).high)
  }

  /// A number of mean 0 and variance 1, normal to the eye: the sum of twelve uniform ones less six.
  ///
  /// Logarithms and cosines round differently from one C library to the next; sums do not.
  public mutating func gaussian() -> Float { (0..<12).reduce(-6) { sum, _ in sum + uniform() } }
}

extension Tensor {
  /// Noise of mean 0 and variance 1, decided by `seed` alone.
  public init(gaussianNoise shape: [Int], seed: UInt64) {
    var generator = SplitMix64(seed: seed)
    self.init((0..<shape.reduce(1, *)).map { _ in generator.gaussian() }, shape: shape)
  }
}
