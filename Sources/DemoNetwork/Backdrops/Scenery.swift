/// Soft discs of light out of focus.
func bokeh(_ tones: Tones, _ pixel: Float, _ random: inout SplitMix64) -> @Sendable (Point) -> Color {
  let discs = (0..<26).map { _ in
    (
      center: Point(random.unit(), random.unit()), radius: random.number(0.03, 0.13),
      color: random.chance(0.6) ? tones.light.lighter(0.25) : tones.deep, opacity: random.number(0.15, 0.5)
    )
  }
  let edge = max(pixel, 0.006)
  return { place in
    var color = mix(tones.base, tones.deep, place.y * 0.8)
    for disc in discs {
      let distance = (place - disc.center).length - disc.radius
      if distance > edge { continue }
      let rim = 0.7 + 0.5 * smoothstep(-0.02, 0, distance)
      color = mix(color, disc.color, disc.opacity * rim * (1 - smoothstep(-edge, edge, distance)))
    }
    return color
  }
}

/// Ranges of hills under an evening sky, paler the farther away.
func hills(_ tones: Tones, _ pixel: Float, _ random: inout SplitMix64) -> @Sendable (Point) -> Color {
  let noise = Noise(using: &random)
  let ranges = 3 + random.integer(below: 3)
  let horizon = random.number(0.25, 0.5)
  return { place in
    let haze = noise.fractal(place * Point(2, 7), octaves: 3)
    var color = mix(tones.base, tones.light, clamp(place.y / horizon * 0.7 + 0.3 * haze))
    for range in 0..<ranges {
      let near = Float(range + 1) / Float(ranges)
      let crest = noise.fractal(Point(place.x * (2 + 1.5 * near), Float(range) * 7.5), octaves: 4) - 0.5
      let ridge = horizon + (0.98 - horizon) * (near - 0.5 / Float(ranges)) * 0.9 + 0.22 * crest
      let inside = smoothstep(-pixel, pixel, place.y - ridge)
      let mist = clamp((place.y - ridge) * 3)
      let texture = 0.96 + 0.08 * noise.fractal(place * 24 + Float(range) * 9, octaves: 2)
      color = mix(color, mix(mix(tones.base, tones.deep.darker(0.12), near), tones.light, mist * 0.3) * texture, inside)
    }
    return color
  }
}

/// Paper scattered with small round chips.
func confetti(_ tones: Tones, _ pixel: Float, _ random: inout SplitMix64) -> @Sendable (Point) -> Color {
  let noise = Noise(using: &random)
  let count = random.number(11, 19)
  return { place in
    let p = place * count
    let cell = p.rounded(.down)
    let jitter = Point(noise.height(cell + 0.01), noise.height(cell + Point(71.01, 13.01))) - 0.5
    let kind = noise.height(cell + Point(5.01, 43.01))
    let distance = (p - cell - 0.5 - jitter * 0.4).length - (0.12 + 0.16 * kind)
    let inside = 1 - smoothstep(-pixel * count, pixel * count, distance)
    let chip = kind > 0.5 ? tones.light : tones.deep
    return mix(tones.base * (0.97 + 0.06 * noise.height(place * 90)), chip, inside)
  }
}
