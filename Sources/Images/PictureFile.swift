#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// A file as people name it, and which of the pictures in it: `stack.tif#2` is the second.
public struct PictureFile: Hashable, Sendable {
  /// The file.
  public let path: String
  /// Which picture, from 1; `nil` where nobody says.
  public let page: Int?

  /// What a name means: a file that bears the whole name comes first.
  public init(_ name: String) {
    guard let mark = name.lastIndex(of: "#"), let page = Int(name[name.index(after: mark)...]), page > 0,
      mark > name.startIndex, access(name, F_OK) != 0
    else {
      (path, self.page) = (name, nil)
      return
    }
    (path, self.page) = (String(name[..<mark]), page)
  }
}
