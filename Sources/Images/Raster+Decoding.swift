internal import CJPEG
internal import CPNG
import FileKinds

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

extension Raster {
  /// The most pixels a file may declare where nobody says.
  ///
  /// The largest cameras of phones take 200 million, and the memory of most computers holds as many. Beyond it nothing is
  /// allocated.
  public static let defaultPixelLimit = 256_000_000

  /// Reads a PNG, JPEG, PBM, PGM or PPM file, recognised by its content.
  ///
  /// The picture comes out upright (EXIF orientation applied), transparency laid over white, colour profiles ignored.
  ///
  /// - Parameters:
  ///   - path: the file.
  ///   - pixelLimit: the most pixels it may declare.
  /// - Throws: `ImageError`, also for files that other programs would complete with invented pixels.
  public init(contentsOf path: String, pixelLimit: Int = defaultPixelLimit) throws(ImageError) {
    try self.init(decoding: fileBytes(at: path), named: path, pixelLimit: pixelLimit)
  }

  /// Decodes a file held in memory.
  ///
  /// - Parameters:
  ///   - bytes: all of the file.
  ///   - name: what error messages call it.
  ///   - pixelLimit: the most pixels it may declare.
  /// - Throws: `ImageError`, as for a file.
  public init(
    decoding bytes: [UInt8], named name: String, pixelLimit: Int = defaultPixelLimit
  ) throws(ImageError) {
    if bytes.isEmpty { throw .empty(name: name) }
    let raster: Raster
    switch FileKind(of: bytes) {
    case .png: raster = try Raster(png: bytes, named: name, pixelLimit)
    case .jpeg: raster = try Raster(jpeg: bytes, named: name, pixelLimit)
    case .netpbm: raster = try Raster(netpbm: bytes, named: name, pixelLimit)
    case .unknown:
      throw .unsupported(
        name: name, kind: "neither a PNG nor a JPEG file, nor any other that is known",
        remedy: FileKind.unknown.remedyAsPicture(name))
    case let kind: throw .unsupported(name: name, kind: kind.rawValue, remedy: kind.remedyAsPicture(name))
    }
    self = raster.upright(from: Orientation(embeddedIn: bytes))
  }

  /// A PNG file's samples of 16 bits as they are up to 255, instead of their high bytes.
  init(saturatedPNG bytes: [UInt8], named name: String, _ pixelLimit: Int) throws(ImageError) {
    try self.init(png: bytes, named: name, pixelLimit, saturates: true)
  }

  private init(
    png bytes: [UInt8], named name: String, _ pixelLimit: Int, saturates: Bool = false
  ) throws(ImageError) {
    let result = limn_png_decode(bytes, bytes.count, UInt64(pixelLimit), saturates)
    defer { free(result.bytes) }
    let (width, height) = (Int(result.width), Int(result.height))
    switch result.status {
    case LIMN_PNG_OK: self.init(width: width, height: height, copying: result.bytes)
    case LIMN_PNG_TOO_LARGE: throw .tooLarge(name: name, width: width, height: height, limit: pixelLimit)
    case LIMN_PNG_NO_MEMORY: throw .outOfMemory(name: name)
    default: throw .corrupt(name: name, reason: withUnsafeBytes(of: result.message, reason))
    }
  }

  private init(jpeg bytes: [UInt8], named name: String, _ pixelLimit: Int) throws(ImageError) {
    let result = limn_jpeg_decode(bytes, bytes.count, UInt64(pixelLimit))
    defer { free(result.bytes) }
    let (width, height) = (Int(result.width), Int(result.height))
    switch result.status {
    case LIMN_JPEG_OK: self.init(width: width, height: height, copying: result.bytes)
    case LIMN_JPEG_TOO_LARGE: throw .tooLarge(name: name, width: width, height: height, limit: pixelLimit)
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
