/// Builds PNG files byte by byte, without the library under test: every colour type, stored rather than compressed.
struct PNGBuilder {
  var width: Int, height: Int
  var depth = 8, colorType = 2
  var interlaced = false
  var palette: [UInt8] = []
  var transparency: [UInt8] = []
  /// Extra chunks before the pixels.
  var chunks: [(String, [UInt8])] = []

  /// `sample(x, y)` gives the raw values of a pixel, one per channel.
  func file(_ sample: (Int, Int) -> [Int]) -> [UInt8] {
    var bytes: [UInt8] = [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]
    bytes += chunk("IHDR", big(width) + big(height) + [UInt8(depth), UInt8(colorType), 0, 0, interlaced ? 1 : 0])
    for (type, content) in chunks { bytes += chunk(type, content) }
    if !palette.isEmpty { bytes += chunk("PLTE", palette) }
    if !transparency.isEmpty { bytes += chunk("tRNS", transparency) }
    return bytes + chunk("IDAT", stored(scanlines(sample))) + chunk("IEND", [])
  }

  private func scanlines(_ sample: (Int, Int) -> [Int]) -> [UInt8] {
    let adam7 = [(0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2), (0, 1, 1, 2)]
    var bytes: [UInt8] = []
    for (left, top, right, down) in interlaced ? adam7 : [(0, 0, 1, 1)] {
      for y in stride(from: top, to: height, by: down) where left < width {
        bytes.append(0)
        var (pending, count) = (0, 0)
        for value in stride(from: left, to: width, by: right).flatMap({ sample($0, y) }) {
          (pending, count) = (pending << depth | value, count + depth)
          while count >= 8 {
            count -= 8
            bytes.append(UInt8(pending >> count & 0xFF))
          }
          pending &= 1 << count - 1
        }
        if count > 0 { bytes.append(UInt8(pending << (8 - count) & 0xFF)) }
      }
    }
    return bytes
  }

  /// A zlib stream of one stored block.
  private func stored(_ bytes: [UInt8]) -> [UInt8] {
    precondition(bytes.count < 65536)
    let (low, high) = (UInt8(bytes.count & 0xFF), UInt8(bytes.count >> 8))
    var (a, b) = (1, 0)
    for byte in bytes { (a, b) = ((a + Int(byte)) % 65521, (b + a + Int(byte)) % 65521) }
    return [0x78, 0x01, 1, low, high, ~low, ~high] + bytes + big(b << 16 | a)
  }

  private func chunk(_ type: String, _ content: [UInt8]) -> [UInt8] {
    let body = Array(type.utf8) + content
    var crc: UInt32 = .max
    for byte in body {
      crc ^= UInt32(byte)
      for _ in 0..<8 { crc = crc & 1 == 1 ? crc >> 1 ^ 0xEDB8_8320 : crc >> 1 }
    }
    return big(content.count) + body + big(Int(~crc))
  }

  private func big(_ number: Int) -> [UInt8] { (0..<4).map { UInt8(number >> (24 - 8 * $0) & 0xFF) } }
}

/// A TIFF block that states an orientation, as cameras write it.
func exif(orientation: Int, little: Bool) -> [UInt8] {
  let entry: [UInt8] = [0x01, 0x12, 0, 3, 0, 0, 0, 1, 0, UInt8(orientation), 0, 0]
  let large: [UInt8] = Array("MM".utf8) + [0, 42, 0, 0, 0, 8, 0, 1] + entry + [0, 0, 0, 0]
  let small: [UInt8] =
    Array("II".utf8) + [42, 0, 8, 0, 0, 0, 1, 0, 0x12, 0x01, 3, 0, 1, 0, 0, 0, UInt8(orientation), 0, 0, 0] + [
      0, 0, 0, 0,
    ]
  return little ? small : large
}

/// A JPEG file with an APP1 segment right after its first marker.
func jpeg(_ file: [UInt8], withEXIF tiff: [UInt8]) -> [UInt8] {
  let payload = Array("Exif\0\0".utf8) + tiff
  let length = payload.count + 2
  return Array(file[..<2]) + [0xFF, 0xE1, UInt8(length >> 8), UInt8(length & 0xFF)] + payload + file[2...]
}
