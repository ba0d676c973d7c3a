import Tensors

/// Smooth random heights over the plane: value noise on the integer grid, the same for the same seed.
struct Noise: Sendable {
  let seed: UInt32

  init(using random: inout SplitMix64) { seed = UInt32(truncatingIfNeeded: random.next()) }

  /// A height between zero and one.
  func height(_ place: Point) -> Float {
    let corner = place.rounded(.down)
    let t = place - corner
    let s = t * t * (3 - 2 * t)
    let (x, y) = (Int32(corner.x), Int32(corner.y))
    let top = mix(lattice(x, y), lattice(x &+ 1, y), s.x)
    let bottom = mix(lattice(x, y &+ 1), lattice(x &+ 1, y &+ 1), s.x)
    return mix(top, bottom, s.y)
  }

  /// Several octaves, each twice as fine and half as high as the one before.
  func fractal(_ place: Point, octaves: Int) -> Float {
    var (sum, total, weight, p) = (Float(0), Float(0), Float(1), place)
    for _ in 0..<octaves {
      sum += weight * height(p)
      total += weight
      weight *= 0.5
      // An odd factor and a turn keep the grids of the octaves from lining up.
      p = Point(1.6 * p.x - 1.2 * p.y, 1.2 * p.x + 1.6 * p.y) + 17.3
    }
    return sum / total
  }

  private func lattice(_ x: Int32, _ y: Int32) -> Float {
    var bits = UInt32(bitPattern: x) &* 0x9e37_79b1 ^ UInt32(bitPattern: y) &* 0x85eb_ca77 ^ seed
    bits = (bits ^ (bits >> 15)) &* 0x2c1b_3c6d
    bits = (bits ^ (bits >> 12)) &* 0x297a_2d39
    bits ^= bits >> 15
    return Float(bits >> 8) / 16_777_216
  }
}
