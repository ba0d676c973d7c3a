/// The colours of one object, drawn at random and independently of its kind, so that colour never gives it away.
struct Palette {
  let main: Color
  let second: Color
  let accent: Color
  let cream: Color
  let dark: Color

  /// Draws the colours; the main one keeps its distance from `avoidedHue`, the background's.
  init(avoiding avoidedHue: Float, using random: inout SplitMix64) {
    let hue = avoidedHue + random.number(0.14, 0.86)
    let secondHue = hue + random.pick([0.08, -0.08, 0.33, 0.5, 0.6] as [Float])
    // Yellow (0.3 turns) is only yellow when light, and blue only blue when less so.
    let lift = 0.12 * cosine(turns: hue - 0.29)
    main = Color(lightness: random.number(0.6, 0.74) + lift, chroma: random.number(0.13, 0.2), hue: hue)
    second = Color(lightness: random.number(0.72, 0.88), chroma: random.number(0.08, 0.15), hue: secondHue)
    accent = Color(lightness: random.number(0.45, 0.6), chroma: random.number(0.1, 0.17), hue: secondHue + 0.4)
    cream = Color(lightness: random.number(0.96, 0.99), chroma: 0.015, hue: hue + random.number(-0.1, 0.1))
    dark = Color(lightness: random.number(0.25, 0.36), chroma: 0.05, hue: hue + 0.5)
  }
}
