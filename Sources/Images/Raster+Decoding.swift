internal import CJPEG
internal import CPNG

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

extension Raster {
  /// The most pixels a file may declare: beyond it nothing is allocated.
  public static let pixelLimit = 100_000_000

  /// Reads a PNG or JPEG file, recognised by its content.
  ///
  /// The picture comes out upright (EXIF orientation applied), transparency laid over white, colour profiles ignored.
  ///
  /// - Throws: `ImageError`, also for files that other programs would complete with invented pixels.
  public init(contentsOf path: String) throws(ImageError) {
    try self.init(decoding: fileBytes(at: path), named: path)
  }

  /// Decodes a PNG or JPEG file held in memory; `name` is what error messages call it.
  ///
  /// - Throws: `ImageError`, as for a file.
  public init(decoding bytes: [UInt8], named name: String) throws(ImageError) {
    let raster: Raster
    switch FileFormat(of: bytes) {
    case .png: raster = try Raster(png: bytes, named: name)
    case .jpeg: raster = try Raster(jpeg: bytes, named: name)
    case .other(let kind):
      throw .unsupported(name: name, kind: kind, remedy: "Limn reads PNG and JPEG, convert it first")
    case .unknown where bytes.isEmpty: throw .empty(name: name)
    case .unknown:
      throw .unsupported(
        name: name, kind: "neither a PNG nor a JPEG file", remedy: "check that it is a photograph and arrived whole")
    }
    self = raster.upright(from: Orientation(embeddedIn: bytes))
  }

  private init(png bytes: [UInt8], named name: String) throws(ImageError) {
    let result = limn_png_decode(bytes, bytes.count, UInt64(Self.pixelLimit))
    defer { free(result.bytes) }
    let (width, height) = (Int(result.width), Int(result.height))
    switch result.status {
    case LIMN_PNG_OK: self.init(width: width, height: height, copying: result.bytes)
    case LIMN_PNG_TOO_LARGE: throw .tooLarge(name: name, width: width, height: height)
    case LIMN_PNG_NO_MEMORY: throw .outOfMemory(name: name)
    default: throw .corrupt(name: name, reason: withUnsafeBytes(of: result.message, reason))
    }
  }

  private init(jpeg bytes: [UInt8], named name: String) throws(ImageError) {
    let result = limn_jpeg_decode(bytes, bytes.count, UInt64(Self.pixelLimit))
    defer { free(result.bytes) }
    let (width, height) = (Int(result.width), Int(result.height))
    switch result.status {
    case LIMN_JPEG_OK: self.init(width: width, height: height, copying: result.bytes)
    case LIMN_JPEG_TOO_LARGE: throw .tooLarge(name: name, width: width, height: height)
    case LIMN_JPEG_NO_MEMORY: throw .outOfMemory(name: name)
    case LIMN_JPEG_UNSUPPORTED:
      let detail = withUnsafeBytes(of: result.message, reason)
      throw .unsupported(
        name: name, kind: "a rare kind of JPEG (\(detail))", remedy: "convert it to an 8-bit JPEG or to PNG first")
    default: throw .corrupt(name: name, reason: withUnsafeBytes(of: result.message, reason))
    }
  }

  private init(width: Int, height: Int, copying samples: UnsafeMutablePointer<UInt8>) {
    self.init(
      width: width, height: height, samples: Array(UnsafeBufferPointer(start: samples, count: 3 * width * height)))
  }
}

/// A C library's message, in the middle of a sentence.
private func reason(_ message: UnsafeRawBufferPointer) -> String {
  String(decoding: message.prefix { $0 != 0 }, as: UTF8.self)
}
