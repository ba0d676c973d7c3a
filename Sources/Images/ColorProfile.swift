internal import CPictures
internal import CPNG
import FileKinds

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// What colours the samples of a picture stand for, where these are not sRGB's (ICC.1:2022).
struct ColorProfile {
  private let bytes: [UInt8]

  /// `nil` for what is no profile.
  init?(_ bytes: [UInt8]) {
    guard bytes.count >= 128, bytes[36..<40].elementsEqual("acsp".utf8) else { return nil }
    self.bytes = bytes
  }

  /// The profile that a PNG, JPEG or WebP file carries.
  init?(embeddedIn file: [UInt8], _ kind: FileKind) {
    let found: [UInt8]? =
      switch kind {
      case .jpeg: Self.profile(inJPEG: file)
      case .png: Self.profile(inPNG: file)
      case .webp: Self.profile(inWebP: file)
      default: nil
      }
    guard let found else { return nil }
    self.init(found)
  }

  /// The colours that it describes.
  private var space: String { String(decoding: bytes[16..<20], as: UTF8.self) }

  /// Whether it says that it is sRGB, in letters of one byte or of two.
  private var isCalledSRGB: Bool {
    let head = bytes.prefix(4096)
    return [Array("sRGB".utf8), Array("s\0R\0G\0B".utf8)].contains { word in
      head.indices.dropLast(word.count).contains { head[$0...].starts(with: word) }
    }
  }

  /// Samples converted to sRGB, or why they were not; neither where they are sRGB already.
  private func convert<Sample: BitwiseCopyable>(
    _ samples: [Sample], _ meaning: limn_sample_meaning, _ type: limn_sample_type, _ zero: Sample
  ) -> (samples: [Sample]?, remark: String?) {
    guard PictureLibrary.littleCMS.version != nil else {
      if isCalledSRGB { return (nil, nil) }
      return (
        nil,
        "has a colour profile, which is not applied, its colours being taken for sRGB: install "
          + "\(PictureLibrary.littleCMS.rawValue) (\(PictureLibrary.littleCMS.installation)) to have it applied"
      )
    }
    let channels = meaning == LIMN_GRAY ? 1 : meaning == LIMN_CMYK ? 4 : 3
    let pixels = samples.count / channels
    var converted = [Sample](repeating: zero, count: 3 * pixels)
    var name = [CChar](repeating: 0, count: 100)
    let status = samples.withUnsafeBytes { source in
      converted.withUnsafeMutableBytes { target in
        limn_to_srgb(bytes, bytes.count, meaning, type, source.baseAddress, target.baseAddress, pixels, &name)
      }
    }
    switch status {
    case LIMN_COLORS_CONVERTED:
      let title = String(decoding: name.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
      let words = title.isEmpty ? "" : " (\(title.filter { !$0.isNewline }))"
      return (converted, "has colours of its own profile\(words): they are converted to sRGB")
    case LIMN_COLORS_ARE_SRGB: return (nil, nil)
    default: return (nil, "has a colour profile that cannot be applied: its colours are taken for sRGB")
    }
  }

  func converted<L: Level>(_ colors: [L], _ meaning: limn_sample_meaning) -> (samples: [L]?, remark: String?) {
    if let bytes = colors as? [UInt8] {
      // Grey pictures may be stored in three channels.
      if meaning == LIMN_RGB, space == "GRAY", let gray = Self.gray(bytes) {
        let (samples, remark) = convert(gray, LIMN_GRAY, LIMN_BYTES, 0)
        return (samples as? [L], remark)
      }
      let (samples, remark) = convert(bytes, meaning, LIMN_BYTES, 0)
      return (samples as? [L], remark)
    }
    guard let levels = colors as? [Float] else { return (nil, nil) }
    let words = levels.map { UInt16(min(max($0 * 257, 0), 65535).rounded()) }
    let (samples, remark) = convert(words, meaning, LIMN_WORDS, 0)
    return (samples?.map { Float($0) / 257 } as? [L], remark)
  }

  private static func gray(_ samples: [UInt8]) -> [UInt8]? {
    var gray: [UInt8] = []
    for i in stride(from: 0, to: samples.count, by: 3) {
      guard samples[i] == samples[i + 1], samples[i] == samples[i + 2] else { return nil }
      gray.append(samples[i])
    }
    return gray
  }
}

extension ColorProfile {
  /// The parts of a profile in APP2 segments, in their order (ICC.1:2022, B.4).
  private static func profile(inJPEG file: [UInt8]) -> [UInt8]? {
    let jpeg = Bytes(file[...]), mark = Array("ICC_PROFILE\0".utf8)
    var at = 2
    var parts: [Int: ArraySlice<UInt8>] = [:]
    while jpeg.number(at: at, count: 1) == 0xFF {
      guard let marker = jpeg.number(at: at + 1, count: 1) else { break }
      if marker == 0xFF {
        at += 1
        continue
      }
      guard marker != 0xDA, let length = jpeg.number(at: at + 2, count: 2), length >= 2 else { break }
      if marker == 0xE2, let content = jpeg.slice(at: at + 4, count: length - 2), content.starts(with: mark),
        let number = jpeg.number(at: at + 4 + mark.count, count: 1)
      {
        parts[number] = content.dropFirst(mark.count + 2)
      }
      at += 2 + length
    }
    return parts.isEmpty ? nil : parts.sorted { $0.key < $1.key }.flatMap(\.value)
  }

  /// The content of the iCCP chunk, unpacked.
  private static func profile(inPNG file: [UInt8]) -> [UInt8]? {
    let png = Bytes(file[...])
    var at = 8
    while let length = png.number(at: at, count: 4), let type = png.slice(at: at + 4, count: 4),
      !type.elementsEqual("IDAT".utf8)
    {
      if type.elementsEqual("iCCP".utf8), let content = png.slice(at: at + 8, count: length),
        let end = content.firstIndex(of: 0), content.index(end, offsetBy: 2) <= content.endIndex
      {
        let packed = Array(content[(end + 2)...])
        var count = 0
        guard let unpacked = limn_png_inflate(packed, packed.count, 1 << 24, &count) else { return nil }
        defer { free(unpacked) }
        return Array(UnsafeBufferPointer(start: unpacked, count: count))
      }
      at += 12 + length
    }
    return nil
  }

  /// The content of the ICCP chunk.
  private static func profile(inWebP file: [UInt8]) -> [UInt8]? {
    Bytes(file[...]).chunk("ICCP").map(Array.init)
  }
}
