/// What a file is, told from its first bytes: names lie.
enum FileFormat: Equatable {
  case png, jpeg
  /// Another well-known format, to be named when it is refused.
  case other(String)
  case unknown

  init(of bytes: [UInt8]) {
    func has(_ signature: [UInt8], at offset: Int = 0) -> Bool {
      bytes.dropFirst(offset).starts(with: signature)
    }
    func has(_ signature: String, at offset: Int = 0) -> Bool { has(Array(signature.utf8), at: offset) }

    self =
      if has([0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]) {
        .png
      } else if has([0xFF, 0xD8, 0xFF]) {
        .jpeg
      } else if has("ftyp", at: 4) {
        .other(Self.container(brand: bytes.dropFirst(8).prefix(4)))
      } else if has("RIFF") && has("WEBP", at: 8) {
        .other("a WebP file")
      } else if let (_, kind) = Self.signatures.first(where: { has($0.0) }) {
        .other(kind)
      } else {
        .unknown
      }
  }

  private static let signatures: [([UInt8], String)] = [
    (Array("GIF8".utf8), "a GIF file"),
    (Array("BM".utf8), "a BMP file"),
    (Array("II*\0".utf8), "a TIFF or camera raw file"),
    (Array("MM\0*".utf8), "a TIFF or camera raw file"),
    ([0xFF, 0x0A], "a JPEG XL file"),
    ([0, 0, 0, 0x0C, 0x4A, 0x58, 0x4C, 0x20], "a JPEG XL file"),
    ([0, 0, 0, 0x0C, 0x6A, 0x50, 0x20, 0x20], "a JPEG 2000 file"),
    ([0xFF, 0x4F, 0xFF, 0x51], "a JPEG 2000 file"),
    (Array("8BPS".utf8), "a Photoshop file"),
    (Array("%PDF".utf8), "a PDF file"),
    (Array("<svg".utf8), "an SVG file"),
    (Array("<?xml".utf8), "an XML or SVG file"),
    (Array("qoif".utf8), "a QOI file"),
    ([0x76, 0x2F, 0x31, 0x01], "an OpenEXR file"),
    ([0, 0, 1, 0], "an icon file"),
    (Array("\u{1}NUMPY".utf8).map { $0 == 1 ? 0x93 : $0 }, "a NumPy array"),
    (Array("PK\u{3}\u{4}".utf8), "a ZIP archive"),
    ([0x1F, 0x8B], "a gzip archive"),
  ]

  /// The kind of an ISO media file: HEIC, AVIF and films share one container.
  private static func container(brand: ArraySlice<UInt8>) -> String {
    switch String(decoding: brand, as: UTF8.self) {
    case "heic", "heix", "heim", "heis", "hevc", "hevx", "mif1", "msf1": "a HEIC file"
    case "avif", "avis": "an AVIF file"
    case "crx ": "a camera raw file"
    default: "a film"
    }
  }
}
