/// One inside a band of the given share of every period, zero outside, smooth over a pixel.
private func band(_ position: Float, share: Float, pixel: Float) -> Float {
  let phase = abs(position - position.rounded()) * 2  // 0 in the middle of a band, 1 between two
  return 1 - smoothstep(share - pixel, share + pixel, phase)
}

/// Slanting stripes.
func stripes(_ tones: Tones, _ pixel: Float, _ random: inout SplitMix64) -> @Sendable (Point) -> Color {
  let turn = random.unit()
  let count = random.number(6, 13)
  let share = random.number(0.35, 0.6)
  let noise = Noise(using: &random)
  return { place in
    let p = place.turned(by: turn)
    let weave = 1 + 0.05 * (noise.height(p * Point(160, 40)) - 0.5)
    let wide = band(p.x * count, share: share, pixel: 2 * pixel * count)
    let thin = band(p.x * count + 0.5, share: 0.07, pixel: 2 * pixel * count)
    return mix(mix(tones.base, tones.light, wide), tones.deep, thin) * weave
  }
}

/// A checked tablecloth: two sets of translucent stripes, darkest where they cross.
func gingham(_ tones: Tones, _ pixel: Float, _ random: inout SplitMix64) -> @Sendable (Point) -> Color {
  let turn = random.number(-0.13, 0.13)
  let count = random.number(5, 10)
  let noise = Noise(using: &random)
  return { place in
    let p = place.turned(by: turn) * count
    let across = band(p.x, share: 0.5, pixel: 2 * pixel * count)
    let down = band(p.y, share: 0.5, pixel: 2 * pixel * count)
    let weave = 1 + 0.06 * (noise.height(place * 130) - 0.5)
    return mix(tones.light, tones.deep, 0.5 * (across + down)) * weave
  }
}

/// Overlapping rows of concentric arcs, as the Japanese wave pattern has them.
func scales(_ tones: Tones, _ pixel: Float, _ random: inout SplitMix64) -> @Sendable (Point) -> Color {
  let count = random.number(4, 7)
  let shift = Point(random.unit(), random.unit())
  return { place in
    let p = place * Point(count, count * 2) + shift
    let row = p.y.rounded(.down)
    let soft = 4 * pixel * count
    var color = tones.base
    // Three rows of discs reach this place; each hides those above it.
    for above in [Float(-1), 0, 1] {
      let line = row + above
      let offset: Float = (line * 0.5).rounded(.down) * 2 == line ? 0 : 0.5
      let column = (p.x - offset).rounded() + offset
      let radius = Point(p.x - column, (p.y - line - 1) * 0.5).length * 2
      let ring = band(radius * 2.5, share: 0.42, pixel: soft * 2.5)
      let disc = mix(mix(tones.base, tones.light, ring), tones.deep, smoothstep(0.93 - soft, 0.93, radius))
      color = mix(color, disc, 1 - smoothstep(1 - soft, 1, radius))
    }
    return color
  }
}

/// Planks of wood, one beside the other.
func planks(_ tones: Tones, _ pixel: Float, _ random: inout SplitMix64) -> @Sendable (Point) -> Color {
  let noise = Noise(using: &random)
  let count = random.number(3.5, 6.5)
  let upright = random.chance(0.5)
  return { place in
    let p = upright ? place : Point(place.y, place.x)
    let plank = (p.x * count).rounded(.down)
    let tone = noise.height(Point(plank * 3.7, 0.5))
    let grain = noise.height(Point(p.x * 26, p.y * 2.2 + plank * 13))
    let ring = band(grain * 5 + p.x * count * 2, share: 0.5, pixel: 0.45)
    let fine = noise.height(Point(p.x * 120, p.y * 7 + plank * 5)) - 0.5
    let seam = band(p.x * count, share: 0.03, pixel: 3 * pixel * count)
    let wood = mix(tones.base, mix(tones.light, tones.deep, ring), 0.35 + 0.3 * tone) * (0.94 + 0.1 * tone)
    return (wood * (1 + 0.07 * fine)) * (1 - 0.35 * seam)
  }
}
