/// Why a file could not be read or written: one case for each remedy.
public enum ImageError: Error, Hashable, Sendable {
  /// No file has that name.
  case missing(path: String)
  /// A folder, a device, a file without permission: the system's reason is passed on.
  case unreadable(path: String, reason: String)
  /// The file holds nothing at all.
  case empty(name: String)
  /// Sound, perhaps, but of another kind than is read here: `kind` completes “… is”, `remedy` is an imperative.
  case unsupported(name: String, kind: String, remedy: String)
  /// Cut short or damaged.
  case corrupt(name: String, reason: String)
  /// More pixels declared than the limit, or than a format holds.
  case tooLarge(name: String, width: Int, height: Int, limit: Int?)
  /// The computer has no memory left for the picture.
  case outOfMemory(name: String)
  /// The preprocessing does not fit the network's input.
  case unfit(reason: String)
  /// The result could not be stored; nothing was left behind.
  case unwritable(path: String, reason: String)
}

extension ImageError: CustomStringConvertible {
  /// One sentence, remedy included.
  public var description: String {
    switch self {
    case .missing(let path):
      // Bytes that are no UTF-8 have become this mark, by which no file is found.
      path.contains("\u{FFFD}")
        ? "\(path) has a name that is not UTF-8, as in old archives, and cannot be reached by it: rename it."
        : "\(path) does not exist: check the name and the folder."
    case .unreadable(let path, let reason): "\(path) cannot be read (\(reason)): give a file you may read."
    case .empty(let name): "\(name) is empty: fetch or save it again."
    case .unsupported(let name, let kind, let remedy): "\(name) is \(kind): \(remedy)."
    case .corrupt(let name, let reason): "\(name) is damaged (\(reason)): fetch or save it again."
    case .tooLarge(let name, let width, let height, let limit):
      "\(name) declares \(width) × \(height) pixels, more than "
        + (limit.map { "\(Self.words(pixels: $0)): reduce it, or raise the limit." }
          ?? "the format holds: reduce it.")
    case .outOfMemory(let name): "\(name) needs more memory than is free: reduce it or close other programs."
    case .unfit(let reason): "\(reason)."
    case .unwritable(let path, let reason):
      "\(path) cannot be written (\(reason)): choose another place or make room there."
    }
  }

  /// A number of pixels in millions where it is a whole number of them.
  private static func words(pixels: Int) -> String {
    pixels > 0 && pixels.isMultiple(of: 1_000_000) ? "\(pixels / 1_000_000) megapixels" : "\(pixels) pixels"
  }
}
