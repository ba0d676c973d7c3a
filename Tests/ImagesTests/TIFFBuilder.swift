/// Builds TIFF files byte by byte, without the library under test: uncompressed strips or tiles, side by side or in planes.
struct TIFFBuilder {
  var width: Int, height: Int
  /// Bits of a sample: 8, 16 or 32.
  var bits = 8
  var channels = 1
  /// 0 white is zero, 1 black is zero, 2 RGB, 3 palette, 5 CMYK.
  var photometric = 1
  /// 1 whole numbers, 2 signed ones, 3 fractions.
  var format = 1
  var isPlanar = false
  /// The side of square tiles; strips of all rows without.
  var tile: Int?
  var extraSamples: [Int] = []
  var palette: [Int] = []
  var orientation = 1

  /// One file of several pictures, each with samples by column, row and channel; fractions as bit patterns.
  static func file(_ pictures: [(TIFFBuilder, (Int, Int, Int) -> Int)]) -> [UInt8] {
    var bytes: [UInt8] = Array("II*\0".utf8) + little(0, 4)
    var link = 4
    for (builder, sample) in pictures {
      var places: [Int] = [], counts: [Int] = []
      for block in builder.blocks(sample) {
        places.append(bytes.count)
        counts.append(block.count)
        bytes += block + [UInt8](repeating: 0, count: block.count % 2)
      }
      var fields: [(tag: Int, type: Int, values: [Int])] = [
        (256, 4, [builder.width]), (257, 4, [builder.height]),
        (258, 3, Array(repeating: builder.bits, count: builder.channels)), (259, 3, [1]),
        (262, 3, [builder.photometric]), (builder.tile == nil ? 273 : 324, 4, places), (274, 3, [builder.orientation]),
        (277, 3, [builder.channels]), (builder.tile == nil ? 279 : 325, 4, counts),
        (284, 3, [builder.isPlanar ? 2 : 1]), (339, 3, Array(repeating: builder.format, count: builder.channels)),
      ]
      fields += builder.tile.map { [(322, 4, [$0]), (323, 4, [$0])] } ?? [(278, 4, [builder.height])]
      if !builder.palette.isEmpty { fields.append((320, 3, builder.palette)) }
      if !builder.extraSamples.isEmpty { fields.append((338, 3, builder.extraSamples)) }
      var entries: [UInt8] = []
      for field in fields.sorted(by: { $0.tag < $1.tag }) {
        let content = field.values.flatMap { little($0, field.type == 3 ? 2 : 4) }
        entries += little(field.tag, 2) + little(field.type, 2) + little(field.values.count, 4)
        if content.count <= 4 {
          entries += content + [UInt8](repeating: 0, count: 4 - content.count)
        } else {
          entries += little(bytes.count, 4)
          bytes += content + [UInt8](repeating: 0, count: content.count % 2)
        }
      }
      bytes.replaceSubrange(link..<link + 4, with: little(bytes.count, 4))
      bytes += little(fields.count, 2) + entries
      link = bytes.count
      bytes += little(0, 4)
    }
    return bytes
  }

  /// A file of one picture.
  func file(_ sample: (Int, Int, Int) -> Int) -> [UInt8] { withoutActuallyEscaping(sample) { Self.file([(self, $0)]) } }

  private func blocks(_ sample: (Int, Int, Int) -> Int) -> [[UInt8]] {
    let (columns, rows) = (tile ?? width, tile ?? height)
    var blocks: [[UInt8]] = []
    for plane in isPlanar ? Array(0..<channels).map({ [$0] }) : [Array(0..<channels)] {
      for top in stride(from: 0, to: height, by: rows) {
        for left in stride(from: 0, to: width, by: columns) {
          var block: [UInt8] = []
          for y in top..<top + rows {
            for x in left..<left + columns {
              for channel in plane {
                block += Self.little(x < width && y < height ? sample(x, y, channel) : 0, bits / 8)
              }
            }
          }
          blocks.append(block)
        }
      }
    }
    return blocks
  }

  private static func little(_ value: Int, _ count: Int) -> [UInt8] {
    (0..<count).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) }
  }
}
