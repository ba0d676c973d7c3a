/// Red, green and blue as sRGB encodes them, each between zero and one.
typealias Color = SIMD3<Float>

extension Color {
  /// A colour of the given perceived lightness (0...1), chroma (0...about 0.3) and hue (in turns): Ottosson's OKLCH.
  init(lightness: Float, chroma: Float, hue: Float) {
    let a = chroma * cosine(turns: hue)
    let b = chroma * sine(turns: hue)
    let l = lightness + 0.396_337_78 * a + 0.215_803_76 * b
    let m = lightness - 0.105_561_35 * a - 0.063_854_17 * b
    let s = lightness - 0.089_484_18 * a - 1.291_485_55 * b
    let (l3, m3, s3) = (l * l * l, m * m * m, s * s * s)
    self.init(
      encoded(4.076_741_66 * l3 - 3.307_711_59 * m3 + 0.230_969_93 * s3),
      encoded(-1.268_438 * l3 + 2.609_757_4 * m3 - 0.341_319_4 * s3),
      encoded(-0.004_196_09 * l3 - 0.703_418_61 * m3 + 1.707_614_7 * s3))
  }

  static let white = Color(1, 1, 1)

  func darker(_ amount: Float) -> Color { self * (1 - amount) }

  func lighter(_ amount: Float) -> Color { mix(self, .white, amount) }
}

/// Linear light to sRGB by nested square roots, within half a per cent of the standard's power function.
private func encoded(_ linear: Float) -> Float {
  let root = clamp(linear).squareRoot()
  let fourth = root.squareRoot()
  return clamp(0.585_122_4 * root + 0.783_140_4 * fourth - 0.368_262_7 * fourth.squareRoot())
}
