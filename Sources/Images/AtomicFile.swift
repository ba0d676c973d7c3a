import Foundation

/// Writes whole files or none: the content goes to a temporary file beside the target, which then takes its name.
public enum AtomicFile {
  /// Stores `bytes` at `path`, replacing what was there; pipes and devices (`/dev/stdout`) are written straight away.
  ///
  /// - Throws: `ImageError.unwritable`; an earlier file of that name is then untouched and no temporary is left.
  public static func write(_ bytes: [UInt8], to path: String) throws(ImageError) {
    var status = stat()
    let exists = stat(path, &status) == 0
    if exists && status.st_mode & S_IFMT == S_IFDIR { throw .unwritable(path: path, reason: "it is a folder") }
    if exists && status.st_mode & S_IFMT != S_IFREG {
      try store(bytes, at: path, flags: O_WRONLY, for: path)
      return
    }
    // A link keeps pointing where it points: the file behind it is replaced.
    let target = exists ? resolved(path) : path
    let temporary = Pending.temporaryName(beside: target)
    Pending.register(temporary)
    defer { Pending.forget(temporary) }
    do throws(ImageError) {
      try store(bytes, at: temporary, flags: O_WRONLY | O_CREAT | O_EXCL, for: path)
      if exists { _ = chmod(temporary, status.st_mode & 0o777) }
      guard rename(temporary, target) == 0 else { throw .unwritable(path: path, reason: systemReason()) }
    } catch {
      unlink(temporary)
      throw error
    }
  }

  /// Removes the temporaries of writes under way: for a command that is being interrupted, from an ordinary thread.
  public static func removePending() { Pending.removeAll() }

  private static func store(_ bytes: [UInt8], at path: String, flags: Int32, for name: String) throws(ImageError) {
    let file = open(path, flags | O_CLOEXEC, 0o666)
    guard file >= 0 else { throw .unwritable(path: name, reason: systemReason()) }
    var failure: Int32 = 0
    bytes.withUnsafeBytes { buffer in
      var rest = buffer[...]
      while !rest.isEmpty && failure == 0 {
        let piece = UnsafeRawBufferPointer(rebasing: rest)
        let count = unistdWrite(file, piece.baseAddress, piece.count)
        if count >= 0 { rest = rest.dropFirst(count) } else if errno != EINTR { failure = errno }
      }
    }
    // A full disk behind a network may only speak up here.
    if close(file) != 0 && failure == 0 { failure = errno }
    guard failure == 0 else { throw .unwritable(path: name, reason: systemReason(failure)) }
  }

  private static func resolved(_ path: String) -> String {
    guard let real = realpath(path, nil) else { return path }
    defer { free(real) }
    return String(cString: real)
  }
}

/// The C function, which the method of the same name would hide.
private func unistdWrite(_ file: Int32, _ bytes: UnsafeRawPointer?, _ count: Int) -> Int { write(file, bytes, count) }

/// The temporaries that a sudden end must remove.
private enum Pending {
  private static let lock = NSLock()
  nonisolated(unsafe) private static var paths: Set<String> = []
  nonisolated(unsafe) private static var serial = 0

  /// Hidden, beside its target (renaming works within one file system only), and used by no other write.
  static func temporaryName(beside path: String) -> String {
    let number = lock.withLock {
      serial += 1
      return serial
    }
    let cut = path.lastIndex(of: "/").map(path.index(after:)) ?? path.startIndex
    return "\(path[..<cut]).limn-\(getpid())-\(number).tmp"
  }

  static func register(_ path: String) { lock.withLock { _ = paths.insert(path) } }

  static func forget(_ path: String) { lock.withLock { _ = paths.remove(path) } }

  static func removeAll() { lock.withLock { for path in paths { unlink(path) } } }
}
