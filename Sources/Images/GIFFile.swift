/// Pictures one after the other as an animated GIF of 256 colours.
public enum GIFFile {
  /// The bytes of a file that repeats without end.
  ///
  /// - Parameters:
  ///   - frames: at least one, all of one extent of at most 65535 pixels.
  ///   - delay: how long each is shown, in hundredths of a second.
  /// - Returns: The bytes of the file.
  public static func data(of frames: [Raster], delay: Int) -> [UInt8] {
    let (width, height) = (frames[0].width, frames[0].height)
    precondition(frames.allSatisfy { $0.width == width && $0.height == height }, "frames of one extent")
    let palette = Palette(of: frames)
    var bytes = Array("GIF89a".utf8) + short(width) + short(height) + [0xf7, 0, 0]
    bytes += palette.colors.flatMap { [$0.0, $0.1, $0.2] }
    // Netscape's extension: repeat without end.
    bytes += [0x21, 0xff, 11] + Array("NETSCAPE2.0".utf8) + [3, 1, 0, 0, 0]
    for frame in frames {
      bytes += [0x21, 0xf9, 4, 0] + short(delay) + [0, 0]
      bytes += [0x2c, 0, 0, 0, 0] + short(width) + short(height) + [0, 8]
      let coded = compressed(palette.indices(of: frame))
      for start in stride(from: 0, to: coded.count, by: 255) {
        let block = coded[start..<min(start + 255, coded.count)]
        bytes.append(UInt8(block.count))
        bytes += block
      }
      bytes.append(0)
    }
    return bytes + [0x3b]
  }

  private static func short(_ number: Int) -> [UInt8] { [UInt8(number & 255), UInt8(number >> 8 & 255)] }

  /// LZW with codes that grow from 9 to 12 bits, least significant bit first. (Welch, IEEE Computer 1984.)
  private static func compressed(_ indices: [UInt8]) -> [UInt8] {
    let (clear, end) = (256, 257)
    var (bytes, buffer, filled): ([UInt8], UInt32, Int) = ([], 0, 0)
    var (codes, next, size): ([Int: Int], Int, Int) = ([:], 258, 9)
    func put(_ code: Int) {
      buffer |= UInt32(code) << UInt32(filled)
      filled += size
      while filled >= 8 {
        bytes.append(UInt8(buffer & 255))
        buffer >>= 8
        filled -= 8
      }
    }
    put(clear)
    var prefix = Int(indices[0])
    for index in indices.dropFirst() {
      let key = prefix << 8 | Int(index)
      if let known = codes[key] {
        prefix = known
        continue
      }
      put(prefix)
      if next < 4096 {
        codes[key] = next
        // The reader is one entry behind.
        if next == 1 << size { size += 1 }
        next += 1
      } else {
        put(clear)
        (codes, next, size) = ([:], 258, 9)
      }
      prefix = Int(index)
    }
    put(prefix)
    put(end)
    if filled > 0 { bytes.append(UInt8(buffer & 255)) }
    return bytes
  }
}

/// The 256 colours that pictures are shown in: the means of boxes that part the colours there are by their number.
/// (Heckbert's median cut, SIGGRAPH 1982.)
private struct Palette {
  private(set) var colors: [(UInt8, UInt8, UInt8)] = []
  /// For each colour of 5 bits a channel, its place in the palette.
  private var places = [UInt8](repeating: 0, count: 1 << 15)

  init(of frames: [Raster]) {
    var counts = [Int](repeating: 0, count: 1 << 15)
    for frame in frames {
      for pixel in stride(from: 0, to: frame.samples.count, by: 3) { counts[Self.bin(frame.samples, pixel)] += 1 }
    }
    var boxes = [counts.indices.filter { counts[$0] > 0 }]
    while boxes.count < 256 {
      func weight(_ box: [Int]) -> Int { box.count > 1 ? box.reduce(0) { $0 + counts[$1] } : 0 }
      guard let index = boxes.indices.max(by: { weight(boxes[$0]) < weight(boxes[$1]) }), boxes[index].count > 1 else {
        break
      }
      let box = boxes[index]
      func extent(_ shift: Int) -> Int {
        let values = box.map { $0 >> shift & 31 }
        return (values.max() ?? 0) - (values.min() ?? 0)
      }
      let shift = [10, 5, 0].max { extent($0) < extent($1) } ?? 0
      let sorted = box.sorted { ($0 >> shift & 31, $0) < ($1 >> shift & 31, $1) }
      var (passed, cut) = (0, 1)
      let half = weight(box) / 2
      for (place, bin) in sorted.dropLast().enumerated() {
        passed += counts[bin]
        cut = place + 1
        if passed >= half { break }
      }
      boxes[index] = Array(sorted[..<cut])
      boxes.append(Array(sorted[cut...]))
    }
    for (place, box) in boxes.enumerated() {
      let count = max(1, box.reduce(0) { $0 + counts[$1] })
      func mean(_ shift: Int) -> UInt8 {
        let sum = box.reduce(0) { $0 + counts[$1] * (($1 >> shift & 31) * 255 / 31) }
        return UInt8(min(255, sum / count))
      }
      colors.append((mean(10), mean(5), mean(0)))
      for bin in box { places[bin] = UInt8(place) }
    }
    while colors.count < 256 { colors.append((0, 0, 0)) }
  }

  private static func bin(_ samples: [UInt8], _ pixel: Int) -> Int {
    Int(samples[pixel] >> 3) << 10 | Int(samples[pixel + 1] >> 3) << 5 | Int(samples[pixel + 2] >> 3)
  }

  func indices(of frame: Raster) -> [UInt8] {
    stride(from: 0, to: frame.samples.count, by: 3).map { places[Self.bin(frame.samples, $0)] }
  }
}
