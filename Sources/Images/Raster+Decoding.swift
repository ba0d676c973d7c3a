internal import CJPEG
internal import CPNG
internal import CPictures
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

  /// The endings that files of pictures usually have, in small letters.
  public static let fileExtensions: Set = [
    "png", "jpg", "jpeg", "tif", "tiff", "webp", "gif", "bmp", "heic", "heif", "avif", "pgm", "ppm", "pbm",
  ]

  /// Reads a picture, recognised by its content: PNG, JPEG, BMP, PBM, PGM, PPM, and, where its library is installed, TIFF,
  /// WebP, GIF, HEIC and AVIF.
  ///
  /// The picture comes out upright (EXIF orientation applied), transparency laid over white, in sRGB where its colour
  /// profile can be applied; ``remarks`` say what people should know of that.
  ///
  /// - Parameters:
  ///   - path: the file; `stack.tif#2` is the second picture in it.
  ///   - pixelLimit: the most pixels it may declare.
  /// - Throws: `ImageError`, also for files that other programs would complete with invented pixels.
  public init(contentsOf path: String, pixelLimit: Int = defaultPixelLimit) throws(ImageError) {
    let file = PictureFile(path)
    try self.init(decoding: fileBytes(at: file.path), page: file.page, named: file.path, pixelLimit: pixelLimit)
  }

  /// Reads a picture from the standard input to its end; `name` is what error messages call it.
  ///
  /// - Throws: `ImageError`, as for a file.
  public init(
    contentsOfStandardInputNamed name: String, pixelLimit: Int = defaultPixelLimit
  ) throws(ImageError) {
    try self.init(decoding: fileBytes(from: STDIN_FILENO, named: name), named: name, pixelLimit: pixelLimit)
  }

  /// Decodes a file held in memory.
  ///
  /// - Parameters:
  ///   - bytes: all of the file.
  ///   - page: which of the pictures in it, from 1; `nil` for the first, which ``remarks`` then say.
  ///   - name: what error messages call it.
  ///   - pixelLimit: the most pixels it may declare.
  /// - Throws: `ImageError`, as for a file.
  public init(
    decoding bytes: [UInt8], page: Int? = nil, named name: String, pixelLimit: Int = defaultPixelLimit
  ) throws(ImageError) {
    if bytes.isEmpty { throw .empty(name: name) }
    let raster: Raster
    let kind = FileKind(of: bytes)
    if let format = LibraryFormat(kind) {
      let (stored, orientation) = try Raster.decoded(
        bytes, as: kind, by: format, page: page, named: name, pixelLimit)
      self = stored.upright(from: orientation ?? (kind == .webp ? Orientation(embeddedIn: bytes) : .upright))
      return
    }
    if let page, page != 1 {
      throw .unsupported(
        name: name, kind: "\(kind.rawValue), which holds one picture", remedy: "leave out the #\(page)")
    }
    switch kind {
    case .png: raster = try Raster(png: bytes, named: name, pixelLimit)
    case .jpeg: raster = try Raster(jpeg: bytes, named: name, pixelLimit)
    case .netpbm: raster = try Raster(netpbm: bytes, named: name, pixelLimit)
    case .bmp: raster = try Raster(bmp: bytes, named: name, pixelLimit)
    case .unknown:
      throw .unsupported(
        name: name, kind: "neither a PNG nor a JPEG file, nor any other that is known",
        remedy: FileKind.unknown.remedyAsPicture(name))
    default: throw .unsupported(name: name, kind: kind.rawValue, remedy: kind.remedyAsPicture(name))
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
    defer {
      free(result.bytes)
      free(result.words)
    }
    let (width, height) = (Int(result.width), Int(result.height))
    switch result.status {
    case LIMN_PNG_OK:
      let count = 3 * width * height
      if let words = result.words {
        // Shown are the high bytes; networks are given all of it.
        let levels = UnsafeBufferPointer(start: words, count: count).map { Float($0) / 257 }
        let shown = Raster(width: width, height: height, copying: result.bytes)
        self = Self.applyingProfile(of: bytes, .png, to: shown.with(Bands(count: 3, samples: levels)))
      } else {
        let plain = Raster(width: width, height: height, copying: result.bytes)
        self = saturates ? plain : Self.applyingProfile(of: bytes, .png, to: plain)
      }
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
    case LIMN_JPEG_OK:
      self = Self.applyingProfile(of: bytes, .jpeg, to: Raster(width: width, height: height, copying: result.bytes))
    case LIMN_JPEG_TOO_LARGE: throw .tooLarge(name: name, width: width, height: height, limit: pixelLimit)
    case LIMN_JPEG_NO_MEMORY: throw .outOfMemory(name: name)
    case LIMN_JPEG_UNSUPPORTED:
      let detail = withUnsafeBytes(of: result.message, reason)
      throw .unsupported(
        name: name, kind: "a rare kind of JPEG (\(detail))", remedy: "convert it to an 8-bit JPEG or to PNG first")
    default: throw .corrupt(name: name, reason: withUnsafeBytes(of: result.message, reason))
    }
  }

  /// A picture brought from the colours of the profile in its file to sRGB.
  private static func applyingProfile(of file: [UInt8], _ kind: FileKind, to raster: Raster) -> Raster {
    guard let profile = ColorProfile(embeddedIn: file, kind) else { return raster }
    var result = raster
    let remark: String?
    if let bands = raster.bands {
      let converted = profile.converted(bands.samples, LIMN_RGB)
      if let samples = converted.samples {
        result = Raster(width: raster.width, height: raster.height, bands: Bands(count: 3, samples: samples))
      }
      remark = converted.remark
    } else {
      let converted = profile.converted(raster.samples, LIMN_RGB)
      if let samples = converted.samples {
        result = Raster(width: raster.width, height: raster.height, samples: samples)
      }
      remark = converted.remark
    }
    if let remark { result.remarks.append(remark) }
    return result
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
