internal import CPictures
import FileKinds

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// A kind of picture that a library reads.
struct LibraryFormat {
  let library: PictureLibrary
  let decode: (UnsafePointer<UInt8>?, Int, UInt32, UInt64) -> limn_picture
  /// What its several pictures are, for what people are told.
  var several = "pictures"

  /// `nil` for other kinds.
  init?(_ kind: FileKind) {
    switch kind {
    case .webp: (library, decode, several) = (.libwebp, limn_webp_decode, "frames")
    case .gif: (library, decode, several) = (.giflib, limn_gif_decode, "frames")
    case .tiff: (library, decode) = (.libtiff, limn_tiff_decode)
    case .heic, .avif: (library, decode) = (.libheif, limn_heif_decode)
    default: return nil
    }
  }
}

extension Raster {
  /// Decodes a file of a kind that a library reads.
  ///
  /// - Parameters:
  ///   - bytes: all of the file.
  ///   - kind: what it is.
  ///   - format: what reads it.
  ///   - page: which of its pictures, from 1.
  ///   - name: what error messages call it.
  ///   - pixelLimit: the most pixels it may declare.
  /// - Returns: The picture as it is stored, and how it must be turned; `nil` where the library does not tell.
  /// - Throws: `ImageError`.
  static func decoded(
    _ bytes: [UInt8], as kind: FileKind, by format: LibraryFormat, page: Int?, named name: String, _ pixelLimit: Int
  ) throws(ImageError) -> (raster: Raster, orientation: Orientation?) {
    let picture = format.decode(bytes, bytes.count, UInt32(clamping: (page ?? 1) - 1), UInt64(pixelLimit))
    defer {
      free(picture.samples)
      free(picture.profile)
    }
    let message = withUnsafeBytes(of: picture.message) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
    switch picture.status {
    case LIMN_PICTURE_OK: break
    case LIMN_PICTURE_NO_LIBRARY:
      throw .unsupported(
        name: name, kind: "\(kind.rawValue), which \(format.library.rawValue) reads and which is not installed",
        remedy: "install it (\(format.library.installation)), or "
          + (kind.conversion(of: name) ?? "convert the picture to PNG"))
    case LIMN_PICTURE_TOO_LARGE:
      throw .tooLarge(name: name, width: Int(picture.width), height: Int(picture.height), limit: pixelLimit)
    case LIMN_PICTURE_NO_MEMORY: throw .outOfMemory(name: name)
    case LIMN_PICTURE_NO_SUCH_PAGE:
      throw .unsupported(
        name: name, kind: "\(kind.rawValue) with \(picture.pages) \(picture.pages == 1 ? "picture" : format.several)",
        remedy: "name one of 1 to \(picture.pages) behind the #")
    case LIMN_PICTURE_UNSUPPORTED:
      throw .unsupported(
        name: name, kind: "a rare kind of \(kind.rawValue.drop { $0 != " " }.dropFirst()) (\(message))",
        remedy: kind.conversion(of: name) ?? "convert it to PNG")
    default: throw .corrupt(name: name, reason: message)
    }
    let profile = picture.profile.map { Array(UnsafeBufferPointer(start: $0, count: picture.profile_count)) }
    var raster = try DecodedSamples(picture, named: name, kind)
      .raster(in: profile.flatMap(ColorProfile.init) ?? ColorProfile(embeddedIn: bytes, kind))
    if picture.pages > 1, page == nil {
      let what = kind == .gif || kind == .webp ? "is animated" : "holds several pictures"
      raster.remarks.insert(
        "\(what), \(picture.pages) \(format.several): the first is taken; '\(name)#2' is the second", at: 0)
    }
    return (raster, Orientation(rawValue: UInt16(clamping: picture.orientation)))
  }
}
