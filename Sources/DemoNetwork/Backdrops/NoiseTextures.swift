/// Drifting clouds.
func clouds(_ tones: Tones, _ random: inout SplitMix64) -> @Sendable (Point) -> Color {
  let noise = Noise(using: &random)
  let frequency = random.number(2.5, 5)
  return { place in
    let height = noise.fractal(place * Point(frequency * 0.75, frequency), octaves: 5)
    let color = mix(tones.deep, tones.base, smoothstep(0.2, 0.5, height))
    return mix(color, tones.light, smoothstep(0.48, 0.72, height))
  }
}

/// Handmade paper: grain, and fibres that lie in two directions.
func paper(_ tones: Tones, _ random: inout SplitMix64) -> @Sendable (Point) -> Color {
  let noise = Noise(using: &random)
  let turn = random.unit()
  return { place in
    let p = place.turned(by: turn)
    let grain = noise.fractal(place * 46, octaves: 2) - 0.5
    let fibre = noise.height(p * Point(9, 75)) + noise.height(Point(p.y, p.x) * Point(8, 70) + 31) - 1
    let wash = noise.fractal(place * 2.2 + 57, octaves: 2)
    return mix(tones.base, tones.light, wash) * (1 + 0.11 * grain + 0.09 * fibre)
  }
}

/// Long grass, lighter at the tips.
func meadow(_ tones: Tones, _ random: inout SplitMix64) -> @Sendable (Point) -> Color {
  let noise = Noise(using: &random)
  let wind = random.number(-0.5, 0.5)
  return { place in
    let sway = wind * place.y + 0.08 * noise.height(place * 3)
    let blades = noise.height(Point((place.x + sway) * 58, place.y * 5))
    let fine = noise.height(Point((place.x + sway * 1.3) * 95 + 9, place.y * 9))
    let shade = 0.6 * blades + 0.4 * fine
    let color = mix(tones.deep, tones.base, smoothstep(0.15, 0.6, shade))
    return mix(color, tones.light, smoothstep(0.5, 0.95, shade) * (1 - 0.5 * place.y))
  }
}
