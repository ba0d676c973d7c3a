/// A continuous sequence of colours that stands for the numbers 0…1.
public struct ColorMap: Hashable, Sendable {
  /// The name users write, as in `--colormap viridis`.
  public let name: String
  /// Whether the middle stands for zero, with negative values below and positive ones above.
  public let isDiverging: Bool
  /// 256 colours, each `0xRRGGBB`, from 0 to 1.
  let entries: [UInt32]

  /// A map through `knots`, each `0xRRGGBB`, at equal distances from 0 to 1; there are at least two.
  public init(_ name: String, isDiverging: Bool = false, knots: [UInt32]) {
    precondition(knots.count >= 2, "a colour map needs two colours")
    self.name = name
    self.isDiverging = isDiverging
    self.entries = (0..<256).map { Self.interpolate(knots, at: Double($0) / 255) }
  }

  private init(_ name: String, color: (Double) -> (red: Double, green: Double, blue: Double)) {
    self.name = name
    self.isDiverging = false
    self.entries = (0..<256).map {
      let (red, green, blue) = color(Double($0) / 255)
      return [red, green, blue].reduce(0) { $0 << 8 | UInt32(($1 * 255).rounded()) }
    }
  }

  /// The colour of `value`, clamped to 0…1; a value that is not a number counts as 0.
  public subscript(value: Float) -> (UInt8, UInt8, UInt8) {
    let entry = entries[Self.index(of: value)]
    return (UInt8(entry >> 16), UInt8(entry >> 8 & 255), UInt8(entry & 255))
  }

  @inline(__always)
  static func index(of value: Float) -> Int {
    // The comparison is written so that NaN fails it.
    value > 0 ? Int(min(value, 1) * 255 + 0.5) : 0
  }

  private static func interpolate(_ knots: [UInt32], at position: Double) -> UInt32 {
    let place = position * Double(knots.count - 1)
    let left = min(Int(place), knots.count - 2)
    let fraction = place - Double(left)
    return [16, 8, 0].reduce(0) { color, shift in
      let (a, b) = (Double(knots[left] >> UInt32(shift) & 255), Double(knots[left + 1] >> UInt32(shift) & 255))
      return color << 8 | UInt32((a + (b - a) * fraction).rounded())
    }
  }
}

extension ColorMap {
  /// Its 256 colors from 0 to 1, six hexadecimal digits each.
  package var hexadecimal: String {
    entries.map { String(String(0x100_0000 | $0, radix: 16).dropFirst()) }.joined()
  }
}

extension ColorMap {
  /// Dark blue to yellow: perceptually uniform, safe for colour-blind readers (van der Walt and Smith, 2015).
  public static let viridis = ColorMap("viridis", knots: Knots.viridis)
  /// A rainbow without jet's false edges (Mikhailov, 2019).
  public static let turbo = ColorMap("turbo", knots: Knots.turbo)
  /// Black over red to pale yellow: perceptually uniform (van der Walt and Smith, 2015).
  public static let inferno = ColorMap("inferno", knots: Knots.inferno)
  /// The rainbow of the Grad-CAM literature: three clipped triangles, which draw edges where the data has none.
  public static let jet = ColorMap("jet") { value in
    func ramp(_ center: Double) -> Double { min(max(1.5 - abs(4 * value - center), 0), 1) }
    return (ramp(3), ramp(2), ramp(1))
  }
  /// Blue over white to red: opposite values differ in hue alone.
  public static let diverging = ColorMap("diverging", isDiverging: true, knots: Knots.diverging)
  /// Black to white.
  public static let gray = ColorMap("grey") { ($0, $0, $0) }

  /// Every colour map, in the order in which help texts list them.
  public static let all: [ColorMap] = [viridis, turbo, inferno, jet, diverging, gray]

  /// What `named(_:)` understands.
  public static var allNames: [String] { all.map(\.name) }

  /// The colour map that users know as `name`; capitals do not matter.
  public static func named(_ name: String) -> ColorMap? {
    all.first { $0.name == name.lowercased() }
  }

  /// The same colours from the other end, as for black on white.
  public var reversed: ColorMap { ColorMap("\(name)-reversed", isDiverging: isDiverging, knots: entries.reversed()) }
}
