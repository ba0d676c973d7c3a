extension Raster {
  /// Decodes a Windows or OS/2 bitmap: palettes of 1, 4 and 8 bits, also run-length coded, and colours of 16, 24 and 32.
  ///
  /// Source: Microsoft, *Bitmap Storage*; alpha counts where a header of version 4 or 5 declares it.
  init(bmp bytes: [UInt8], named name: String, _ pixelLimit: Int) throws(ImageError) {
    guard let header = BMPHeader(Bytes(bytes[...])) else {
      throw .corrupt(name: name, reason: "its header makes no sense")
    }
    let (pixels, overflows) = header.width.multipliedReportingOverflow(by: header.height)
    guard !overflows, pixels <= pixelLimit else {
      throw .tooLarge(name: name, width: header.width, height: header.height, limit: pixelLimit)
    }
    if header.compression == 4 || header.compression == 5 {
      throw .unsupported(
        name: name, kind: "a BMP picture that wraps a \(header.compression == 4 ? "JPEG" : "PNG") file",
        remedy: "convert it to PNG first")
    }
    var decoder = BMPDecoder(file: Bytes(bytes[...]), header: header)
    guard let samples = decoder.samples() else { throw .corrupt(name: name, reason: "it ends before its pixels do") }
    self.init(width: header.width, height: header.height, samples: samples)
  }
}

/// What a bitmap's headers say.
private struct BMPHeader {
  var width: Int, height: Int
  var isTopDown = false
  var bits: Int
  var compression = 0
  /// Where the pixels begin.
  var start: Int
  /// Red, green and blue of each entry.
  var palette: [(UInt8, UInt8, UInt8)] = []
  /// Which bits are red, green, blue and alpha.
  var masks: [UInt32] = []

  init?(_ file: Bytes) {
    func number(_ offset: Int, _ count: Int = 4) -> Int? { file.number(at: offset, count: count, little: true) }
    func signed(_ offset: Int) -> Int? { number(offset).map { Int(Int32(truncatingIfNeeded: $0)) } }
    guard let start = number(10), let size = number(14) else { return nil }
    self.start = start
    if size == 12 {
      guard let width = number(18, 2), let height = number(20, 2), let bits = number(24, 2) else { return nil }
      (self.width, self.height, self.bits) = (width, height, bits)
    } else {
      guard size >= 40 || size == 16, let width = signed(18), let height = signed(22), let bits = number(28, 2) else {
        return nil
      }
      (self.width, self.height, self.bits, isTopDown) = (width, abs(height), bits, height < 0)
      if size >= 20 { compression = number(30) ?? 0 }
    }
    guard width > 0, height > 0, [1, 2, 4, 8, 16, 24, 32].contains(bits) else { return nil }
    if bits <= 8 {
      let declared = size >= 40 ? number(46) ?? 0 : 0
      let entry = size == 12 ? 3 : 4
      let count = min(declared == 0 ? 1 << bits : declared, 256)
      for index in 0..<count {
        guard let color = file.slice(at: 14 + size + index * entry, count: 3) else { break }
        let parts = Array(color)
        palette.append((parts[2], parts[1], parts[0]))
      }
    }
    switch compression {
    case 3, 6:
      // A header of 40 bytes has the masks behind it, longer ones within.
      masks = (0..<(size >= 56 || compression == 6 ? 4 : 3)).map {
        UInt32(truncatingIfNeeded: number(54 + 4 * $0) ?? 0)
      }
    case 0 where bits == 16: masks = [0x7C00, 0x3E0, 0x1F]
    case 0 where bits == 32: masks = [0xFF0000, 0xFF00, 0xFF]
    case 0, 1, 2, 4, 5: break
    default: return nil
    }
    guard compression != 1 || bits == 8, compression != 2 || bits == 4, masks.isEmpty || bits == 16 || bits == 32 else {
      return nil
    }
  }
}

/// Reads a bitmap's pixels.
private struct BMPDecoder {
  let file: Bytes
  let header: BMPHeader

  /// Red, green and blue of each pixel from the top; `nil` where some are missing.
  mutating func samples() -> [UInt8]? {
    let indices: [UInt8]?
    switch header.compression {
    case 1, 2: indices = runs()
    default:
      // Compared before anything is allocated: a header may promise any size.
      let stride = (header.width * header.bits + 31) / 32 * 4
      guard file.slice(at: header.start, count: stride * header.height) != nil else { return nil }
      if header.bits > 8 { return colors(stride) }
      indices = packed(stride)
    }
    guard let indices else { return nil }
    var samples: [UInt8] = []
    samples.reserveCapacity(3 * indices.count)
    for row in 0..<header.height {
      let stored = header.isTopDown ? row : header.height - 1 - row
      for index in indices[stored * header.width..<(stored + 1) * header.width] {
        guard header.palette.indices.contains(Int(index)) else { return nil }
        let color = header.palette[Int(index)]
        samples.append(color.0)
        samples.append(color.1)
        samples.append(color.2)
      }
    }
    return samples
  }

  private func packed(_ stride: Int) -> [UInt8]? {
    guard let stored = file.slice(at: header.start, count: stride * header.height) else { return nil }
    var indices: [UInt8] = []
    indices.reserveCapacity(header.width * header.height)
    let mask = UInt8(truncatingIfNeeded: 1 << header.bits - 1)
    for row in 0..<header.height {
      for x in 0..<header.width {
        let bit = x * header.bits
        let byte = stored[stored.startIndex + row * stride + bit / 8]
        indices.append(byte >> UInt8(8 - header.bits - bit % 8) & mask)
      }
    }
    return indices
  }

  /// Runs of one index and stretches of several (*Bitmap Compression*); pixels that are jumped over are the first colour.
  private func runs() -> [UInt8]? {
    var indices = [UInt8](repeating: 0, count: header.width * header.height)
    var (at, x, y) = (header.start, 0, 0)
    func byte(_ offset: Int) -> UInt8? { file.number(at: offset, count: 1).map { UInt8($0) } }
    func put(_ index: UInt8) {
      if x < header.width, y < header.height { indices[y * header.width + x] = index }
      x += 1
    }
    while y < header.height {
      guard let count = byte(at), let value = byte(at + 1) else { return nil }
      at += 2
      switch (count, value) {
      case (0, 0): (x, y) = (0, y + 1)
      case (0, 1): return indices
      case (0, 2):
        guard let right = byte(at), let down = byte(at + 1) else { return nil }
        (x, y, at) = (x + Int(right), y + Int(down), at + 2)
      case (0, let length):
        let size = header.bits == 8 ? Int(length) : (Int(length) + 1) / 2
        for i in 0..<Int(length) {
          guard let value = byte(at + (header.bits == 8 ? i : i / 2)) else { return nil }
          put(header.bits == 8 ? value : i % 2 == 0 ? value >> 4 : value & 15)
        }
        at += size + size % 2
      default:
        for i in 0..<Int(count) { put(header.bits == 8 ? value : i % 2 == 0 ? value >> 4 : value & 15) }
      }
    }
    return indices
  }

  /// Colours stored as such, alpha laid over white.
  private func colors(_ stride: Int) -> [UInt8]? {
    guard let stored = file.slice(at: header.start, count: stride * header.height) else { return nil }
    var samples: [UInt8] = []
    samples.reserveCapacity(3 * header.width * header.height)
    // A file whose alpha is zero everywhere does not mean it.
    let size = header.bits / 8
    func pixel(_ x: Int, _ y: Int) -> UInt32 {
      let start = stored.startIndex + (header.isTopDown ? y : header.height - 1 - y) * stride + x * size
      return (0..<size).reversed().reduce(0) { $0 << 8 | UInt32(stored[start + $1]) }
    }
    let alphaMask = header.masks.count > 3 ? header.masks[3] : 0
    let hasAlpha =
      alphaMask != 0
      && (0..<header.height).contains { y in (0..<header.width).contains { pixel($0, y) & alphaMask != 0 } }
    for y in 0..<header.height {
      for x in 0..<header.width {
        let value = pixel(x, y)
        for channel in 0..<3 {
          let sample =
            header.masks.isEmpty ? UInt8(value >> UInt32(16 - 8 * channel) & 255) : level(value, header.masks[channel])
          samples.append(hasAlpha ? UInt8.over(sample, level(value, alphaMask)) : sample)
        }
      }
    }
    return samples
  }

  /// The bits under a mask, scaled to 0…255.
  private func level(_ value: UInt32, _ mask: UInt32) -> UInt8 {
    guard mask != 0 else { return 0 }
    let shift = UInt32(mask.trailingZeroBitCount)
    let (part, top) = (UInt64(value & mask) >> UInt64(shift), UInt64(mask) >> UInt64(shift))
    return UInt8((part * 255 + top / 2) / top)
  }
}
