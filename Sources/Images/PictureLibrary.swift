internal import CPictures

/// A library that reads pictures of some kind where it is installed; none is needed to build, or to read PNG and JPEG.
public enum PictureLibrary: String, CaseIterable, Sendable {
  case libwebp, libtiff, giflib, libheif
  case littleCMS = "Little CMS"

  /// The version installed here, such as `4.5.0`; `nil` where there is none.
  ///
  /// The first call opens the library.
  public var version: String? {
    limn_library_version(library).map { String(cString: $0) }
  }

  /// The commands that install it.
  public var installation: String {
    let (apt, brew) =
      switch self {
      case .libwebp: ("libwebp-dev", "webp")
      case .libtiff: ("libtiff-dev", "libtiff")
      case .giflib: ("libgif7", "giflib")
      case .libheif: ("libheif1", "libheif")
      case .littleCMS: ("liblcms2-2", "little-cms2")
      }
    return "`apt-get install \(apt)`, on macOS `brew install \(brew)`"
  }

  private var library: limn_library {
    switch self {
    case .libwebp: LIMN_LIBWEBP
    case .libtiff: LIMN_LIBTIFF
    case .giflib: LIMN_GIFLIB
    case .libheif: LIMN_LIBHEIF
    case .littleCMS: LIMN_LCMS
    }
  }

  /// All of them in one line: `libwebp 1.2.4, libtiff 4.5.0, no giflib, …`.
  public static var summary: String {
    allCases.map { library in
      library.version.map { "\(library.rawValue) \($0)" } ?? "no \(library.rawValue)"
    }.joined(separator: ", ")
  }
}
