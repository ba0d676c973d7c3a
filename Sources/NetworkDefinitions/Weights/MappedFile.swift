#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// A file as memory that is read from disk where and when it is looked at, for as long as the value lives.
package final class MappedFile: @unchecked Sendable {
  /// All of it.
  package let bytes: UnsafeRawBufferPointer

  /// - Throws: ``NetworkError/missingFile(_:)``, ``NetworkError/unreadableFile(_:reason:)``.
  package init(_ path: String) throws(NetworkError) {
    // A pipe would otherwise wait for somebody to write to it.
    let file = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    guard file >= 0 else { throw errno == ENOENT ? .missingFile(path) : Self.unreadable(path) }
    defer { close(file) }
    var status = stat()
    guard fstat(file, &status) == 0 else { throw Self.unreadable(path) }
    guard status.st_mode & S_IFMT == S_IFREG else {
      let isFolder = status.st_mode & S_IFMT == S_IFDIR
      throw .unreadableFile(path, reason: isFolder ? "it is a folder" : "it is no ordinary file; copy it to one")
    }
    guard status.st_size > 0 else { throw .unreadableFile(path, reason: "it is empty; download or save it again") }
    let count = Int(status.st_size)
    guard let start = mmap(nil, count, PROT_READ, MAP_PRIVATE, file, 0), start != MAP_FAILED else {
      throw Self.unreadable(path)
    }
    bytes = UnsafeRawBufferPointer(start: start, count: count)
  }

  deinit { munmap(UnsafeMutableRawPointer(mutating: bytes.baseAddress), bytes.count) }

  private static func unreadable(_ path: String) -> NetworkError {
    .unreadableFile(path, reason: String(cString: strerror(errno)))
  }
}
