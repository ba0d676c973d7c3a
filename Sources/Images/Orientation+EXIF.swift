extension Orientation {
  /// The orientation a JPEG, PNG or WebP file states; upright when it states none, or nonsense.
  init(embeddedIn file: [UInt8]) {
    let exif =
      switch file.first {
      case 0xFF: Self.exif(inJPEG: file)
      case UInt8(ascii: "R"):
        Bytes(file[...]).chunk("EXIF").map { $0.starts(with: Array("Exif\0".utf8)) ? $0.dropFirst(6) : $0 }
      default: Self.exif(inPNG: file)
      }
    self = exif.flatMap(Orientation.init(exif:)) ?? .upright
  }

  /// Reads tag 0x0112 of the first directory of a TIFF block (EXIF 2.32, 4.6.2).
  init?(exif bytes: ArraySlice<UInt8>) {
    let tiff = Bytes(bytes)
    let little: Bool
    switch tiff.number(at: 0, count: 2, little: false) {
    case 0x4949: little = true
    case 0x4D4D: little = false
    default: return nil
    }
    guard tiff.number(at: 2, count: 2, little: little) == 42,
      let directory = tiff.number(at: 4, count: 4, little: little),
      let entries = tiff.number(at: directory, count: 2, little: little)
    else { return nil }
    for i in 0..<entries {
      let entry = directory + 2 + 12 * i
      guard let tag = tiff.number(at: entry, count: 2, little: little) else { return nil }
      if tag == 0x0112 {
        let isShort = tiff.number(at: entry + 2, count: 2, little: little) == 3
        guard isShort, let value = tiff.number(at: entry + 8, count: 2, little: little) else { return nil }
        self.init(rawValue: UInt16(value))
        return
      }
    }
    return nil
  }

  /// The payload of the first APP1 segment that begins with “Exif”, before the first scan.
  private static func exif(inJPEG file: [UInt8]) -> ArraySlice<UInt8>? {
    let jpeg = Bytes(file[...])
    var at = 2
    while jpeg.number(at: at, count: 1) == 0xFF {
      guard let marker = jpeg.number(at: at + 1, count: 1) else { return nil }
      if marker == 0xFF {
        at += 1  // Fill bytes may precede any marker.
        continue
      }
      guard marker != 0xDA, let length = jpeg.number(at: at + 2, count: 2), length >= 2 else { return nil }
      let payload = jpeg.slice(at: at + 4, count: length - 2)
      if marker == 0xE1, let payload, payload.starts(with: Array("Exif\0".utf8)) { return payload.dropFirst(6) }
      at += 2 + length
    }
    return nil
  }

  /// The content of the eXIf chunk.
  private static func exif(inPNG file: [UInt8]) -> ArraySlice<UInt8>? {
    let png = Bytes(file[...])
    var at = 8
    while let length = png.number(at: at, count: 4), let type = png.slice(at: at + 4, count: 4) {
      if type.elementsEqual("eXIf".utf8) { return png.slice(at: at + 8, count: length) }
      at += 12 + length
    }
    return nil
  }
}

/// Reading that cannot leave its bounds.
struct Bytes {
  private let bytes: ArraySlice<UInt8>

  init(_ bytes: ArraySlice<UInt8>) { self.bytes = bytes }

  func slice(at offset: Int, count: Int) -> ArraySlice<UInt8>? {
    guard offset >= 0, count >= 0, offset <= bytes.count, count <= bytes.count - offset else { return nil }
    return bytes.dropFirst(offset).prefix(count)
  }

  func number(at offset: Int, count: Int, little: Bool = false) -> Int? {
    guard let digits = slice(at: offset, count: count) else { return nil }
    return little ? digits.reversed().reduce(0) { $0 << 8 | Int($1) } : digits.reduce(0) { $0 << 8 | Int($1) }
  }

  /// The content of a chunk of a RIFF file, as WebP is.
  func chunk(_ name: String) -> ArraySlice<UInt8>? {
    var at = 12
    while let type = slice(at: at, count: 4), let length = number(at: at + 4, count: 4, little: true) {
      if type.elementsEqual(name.utf8) { return slice(at: at + 8, count: length) }
      at += 8 + length + length % 2
    }
    return nil
  }
}
