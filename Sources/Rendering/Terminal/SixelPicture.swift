import Images

/// A picture as DEC's terminals draw it: strips of six rows, each strip color by color.
struct SixelPicture {
  private let picture: Raster

  init(_ picture: Raster) { self.picture = picture }

  /// Six steps of each of red, green and blue; what lies between is dithered.
  private static let steps = 6
  /// How much brighter a pixel counts by its place, in 1/16 of a step (Bayer, 1973).
  private static let order: [Int] = [0, 8, 2, 10, 12, 4, 14, 6, 3, 11, 1, 9, 15, 7, 13, 5]

  var text: String {
    let colors = indices
    var text = "\u{1B}P0;1q\"1;1;\(picture.width);\(picture.height)"
    var declared: Set<Int> = []
    for top in stride(from: 0, to: picture.height, by: 6) {
      let rows = top..<min(top + 6, picture.height)
      var masks: [Int: [UInt8]] = [:]
      for y in rows {
        for x in 0..<picture.width {
          masks[colors[y * picture.width + x], default: [UInt8](repeating: 0, count: picture.width)][x] |=
            1 << UInt8(y - top)
        }
      }
      for (color, mask) in masks.sorted(by: { $0.key < $1.key }) {
        if declared.insert(color).inserted { text += Self.declaration(of: color) }
        text += "#\(color)" + Self.runs(of: mask) + "$"
      }
      text += "-"
    }
    return text + "\u{1B}\\"
  }

  /// The number of each pixel's color.
  private var indices: [Int] {
    (0..<picture.width * picture.height).map { pixel in
      let (x, y) = (pixel % picture.width, pixel / picture.width)
      let threshold = Self.order[y % 4 * 4 + x % 4]
      return picture.samples[3 * pixel..<3 * pixel + 3].reduce(0) { index, sample in
        index * Self.steps + (Int(sample) * (Self.steps - 1) * 16 + threshold * 255 + 127) / (255 * 16)
      }
    }
  }

  /// Colors are told in hundredths.
  private static func declaration(of color: Int) -> String {
    let levels = [color / (steps * steps), color / steps % steps, color % steps].map { $0 * 100 / (steps - 1) }
    return "#\(color);2;\(levels[0]);\(levels[1]);\(levels[2])"
  }

  private static func runs(of mask: [UInt8]) -> String {
    var (text, start) = ("", 0)
    while start < mask.count {
      let end = mask[start...].firstIndex { $0 != mask[start] } ?? mask.count
      let letter = String(UnicodeScalar(63 + mask[start]))
      text += end - start > 3 ? "!\(end - start)\(letter)" : String(repeating: letter, count: end - start)
      start = end
    }
    return text
  }
}
