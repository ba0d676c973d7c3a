extension Raster {
  /// Decodes Netpbm's bitmaps (P1, P4), grey maps (P2, P5) and pixel maps (P3, P6), in text and in bytes.
  ///
  /// Samples up to another greatest value than 255 are scaled, those of more than eight bits also without being rounded; of
  /// 16 bits the high byte comes first. Of a file with several pictures the first is read.
  init(netpbm bytes: [UInt8], named name: String, _ pixelLimit: Int) throws(ImageError) {
    var reader = NetpbmReader(bytes: bytes[2...])
    let form = bytes[1] - UInt8(ascii: "0")
    let (isText, isBitmap, channels) = (form <= 3, form == 1 || form == 4, form == 3 || form == 6 ? 3 : 1)
    guard let width = reader.number(), let height = reader.number(), width > 0, height > 0,
      let greatest = isBitmap ? 1 : reader.number(), (1...65535).contains(greatest)
    else { throw .corrupt(name: name, reason: "its header makes no sense") }
    let (pixels, overflows) = width.multipliedReportingOverflow(by: height)
    guard !overflows, pixels <= pixelLimit else {
      throw .tooLarge(name: name, width: width, height: height, limit: pixelLimit)
    }
    // One white space ends the header.
    if !isText { reader.bytes = reader.bytes.dropFirst() }
    // Compared before anything is allocated: a header may promise any number.
    let least =
      isText ? pixels * channels : isBitmap ? (width + 7) / 8 * height : pixels * channels * (greatest > 255 ? 2 : 1)
    guard reader.bytes.count >= least else { throw .corrupt(name: name, reason: "it ends before its pixels do") }
    var samples = [UInt8](repeating: 0, count: 3 * pixels)
    var levels: [Float] = []
    for pixel in 0..<pixels {
      for channel in 0..<channels {
        let value: Int?
        if isText {
          value = isBitmap ? reader.digit() : reader.number()
        } else if isBitmap {
          let place = reader.bytes.startIndex + pixel / width * ((width + 7) / 8) + pixel % width / 8
          value = Int(reader.bytes[place] >> (7 - UInt8(pixel % width % 8)) & 1)
        } else {
          value = reader.binary(pixel * channels + channel, isWide: greatest > 255)
        }
        guard let value else { throw .corrupt(name: name, reason: "it ends before its pixels do") }
        guard value <= greatest else {
          throw .corrupt(name: name, reason: "it has a sample \(value) above its greatest value, \(greatest)")
        }
        if greatest > 255 { levels.append(Float(value) * 255 / Float(greatest)) }
        let level = UInt8((value * 255 + greatest / 2) / greatest)
        // Bitmaps are of ink: 1 is black.
        let sample = isBitmap ? 255 - level : level
        if channels == 3 {
          samples[3 * pixel + channel] = sample
        } else {
          for i in 3 * pixel..<3 * pixel + 3 { samples[i] = sample }
        }
      }
    }
    self.init(width: width, height: height, samples: samples)
    if greatest > 255 { self = with(Bands(count: channels, samples: levels)) }
  }
}

/// Reads numbers in decimal digits, between which are white space and comments.
private struct NetpbmReader {
  var bytes: ArraySlice<UInt8>

  mutating func number() -> Int? {
    skipSpace()
    var number: Int?
    while let byte = bytes.first, UInt8(ascii: "0")...UInt8(ascii: "9") ~= byte {
      number = (number ?? 0) * 10 + Int(byte - UInt8(ascii: "0"))
      guard number ?? 0 < 1 << 40 else { return nil }
      bytes.removeFirst()
    }
    return number
  }

  /// One pixel of a bitmap in text, whose digits need nothing between them.
  mutating func digit() -> Int? {
    skipSpace()
    guard let byte = bytes.popFirst(), byte >= UInt8(ascii: "0") else { return nil }
    return Int(byte - UInt8(ascii: "0"))
  }

  func binary(_ index: Int, isWide: Bool) -> Int? {
    let place = bytes.startIndex + index * (isWide ? 2 : 1)
    return isWide ? Int(bytes[place]) << 8 | Int(bytes[place + 1]) : Int(bytes[place])
  }

  private mutating func skipSpace() {
    while let byte = bytes.first {
      if byte == UInt8(ascii: "#") {
        bytes = bytes.drop { $0 != 0x0A && $0 != 0x0D }
      } else if [9, 10, 11, 12, 13, 32].contains(byte) {
        bytes.removeFirst()
      } else {
        return
      }
    }
  }
}
