/// A textured background: a colour for every place in the unit square, drawn without regard to the objects on it.
struct Backdrop: Sendable {
  enum Texture: CaseIterable {
    case clouds, stripes, gingham, paper, meadow, scales, bokeh, hills, confetti, planks
  }

  /// The hue around which its colours lie, in turns.
  let hue: Float
  let color: @Sendable (Point) -> Color

  /// Draws texture and colours; `pixel` is the width of a pixel, over which edges are smoothed.
  init(pixel: Float, using random: inout SplitMix64) {
    let hue = random.unit()
    let tones = Tones(hue: hue, using: &random)
    self.hue = hue
    switch random.pick(Texture.allCases) {
    case .clouds: color = clouds(tones, &random)
    case .stripes: color = stripes(tones, pixel, &random)
    case .gingham: color = gingham(tones, pixel, &random)
    case .paper: color = paper(tones, &random)
    case .meadow: color = meadow(tones, &random)
    case .scales: color = scales(tones, pixel, &random)
    case .bokeh: color = bokeh(tones, pixel, &random)
    case .hills: color = hills(tones, pixel, &random)
    case .confetti: color = confetti(tones, pixel, &random)
    case .planks: color = planks(tones, pixel, &random)
    }
  }
}

/// Three calm colours that go together: what a background is painted with.
struct Tones: Sendable {
  let base: Color
  let light: Color
  let deep: Color

  init(hue: Float, using random: inout SplitMix64) {
    let lightness = random.number(0.5, 0.9)
    let chroma = random.number(0.02, 0.075)
    let turn = random.number(-0.12, 0.12)
    base = Color(lightness: lightness, chroma: chroma, hue: hue)
    light = Color(lightness: min(lightness + random.number(0.06, 0.12), 0.97), chroma: chroma * 0.7, hue: hue + turn)
    deep = Color(lightness: lightness - random.number(0.07, 0.15), chroma: chroma * 1.1, hue: hue - turn)
  }
}
