/// A place in the picture or in an object's own coordinates: x to the right, y downwards.
typealias Point = SIMD2<Float>

extension Point {
  var length: Float { (x * x + y * y).squareRoot() }

  /// The point turned clockwise (as seen on screen) about the origin by `turns` whole turns.
  func turned(by turns: Float) -> Point {
    let c = cosine(turns: turns)
    let s = sine(turns: turns)
    return Point(c * x - s * y, s * x + c * y)
  }

  /// The point at `radius` from the origin, `turns` clockwise from the top.
  static func polar(_ radius: Float, turns: Float) -> Point {
    Point(radius * sine(turns: turns), -radius * cosine(turns: turns))
  }
}

func dot(_ a: Point, _ b: Point) -> Float { a.x * b.x + a.y * b.y }

func mix<Value: SIMD<Float>>(_ a: Value, _ b: Value, _ amount: Float) -> Value { a + (b - a) * amount }

func mix(_ a: Float, _ b: Float, _ amount: Float) -> Float { a + (b - a) * amount }

func clamp(_ value: Float, _ low: Float = 0, _ high: Float = 1) -> Float { min(max(value, low), high) }

/// Zero below `low`, one above `high`, and a smooth S between.
func smoothstep(_ low: Float, _ high: Float, _ value: Float) -> Float {
  let t = clamp((value - low) / (high - low))
  return t * t * (3 - 2 * t)
}

/// The sine of an angle in whole turns, to about six decimals.
///
/// The C library's sine differs in its last bit between platforms, and a scene must not: this one is made of
/// additions and multiplications alone, which IEEE 754 fixes.
func sine(turns: Float) -> Float {
  let folded = turns - turns.rounded()  // -0.5 ... 0.5
  let quarter = abs(folded) > 0.25 ? (folded < 0 ? -0.5 : 0.5) - folded : folded
  let x = quarter * 6.283_185_3
  let square = x * x
  return x * (1 - square / 6 * (1 - square / 20 * (1 - square / 42 * (1 - square / 72))))
}

func cosine(turns: Float) -> Float { sine(turns: turns + 0.25) }
