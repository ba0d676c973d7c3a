import Foundation
import Synchronization

/// A folder into which several programs may write the same results at once.
///
/// A file is written in a hidden folder of this run's own and then takes its name, so that it is there whole or not at all.
/// What runs that were killed have left there is removed by the next run, which knows them by their locks.
final class ResultFolder: Sendable {
  let path: String
  /// This run's own, for what is not finished.
  let staging: String
  private let lock: Int32
  private let isOpen = Atomic(true)
  private let serial = Counter()

  private static let hidden = ".unfinished"

  /// Makes the folder where it is not there, and removes what killed runs have left.
  ///
  /// - Throws: ``StorageError``.
  init(_ path: String) throws {
    self.path = path
    let all = "\(path)/\(Self.hidden)"
    try Self.makeFolder(all)
    Self.removeAbandoned(in: all)
    staging = "\(all)/\(getpid())-\(UInt32.random(in: 0 ... .max))"
    lock = try Self.locked(staging)
  }

  /// Makes a run's own folder with its lock, again where another run has taken it for abandoned before the lock was there.
  private static func locked(_ staging: String) throws -> Int32 {
    for _ in 0..<100 {
      try makeFolder(staging)
      let lock = open("\(staging)/lock", O_RDWR | O_CREAT | O_CLOEXEC, 0o666)
      guard lock >= 0 || errno == ENOENT else { throw StorageError("\(staging)/lock") }
      guard lock >= 0 else { continue }
      // Some file systems know no locks.
      let isTaken = flock(lock, LOCK_EX | LOCK_NB) != 0 && errno == EWOULDBLOCK
      if !isTaken, access("\(staging)/lock", F_OK) == 0 { return lock }
      close(lock)
    }
    throw StorageError("\(staging)/lock", EBUSY)
  }

  deinit { discard() }

  /// Removes what this run has not finished.
  ///
  /// Whoever made the folder calls this at the end: threads that have just done their work may still hold the folder when
  /// the program ends.
  func discard() {
    guard isOpen.exchange(false, ordering: .relaxed) else { return }
    close(lock)
    try? FileManager.default.removeItem(atPath: staging)
    rmdir("\(path)/\(Self.hidden)")
  }

  private static func removeAbandoned(in folder: String) {
    for name in (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? [] {
      let lock = open("\(folder)/\(name)/lock", O_RDWR | O_CLOEXEC)
      guard lock >= 0 else {
        // Killed before it had a lock; where there is anything in it, it has one.
        rmdir("\(folder)/\(name)")
        continue
      }
      defer { close(lock) }
      // Whoever wrote there holds its lock for as long as it lives.
      if flock(lock, LOCK_EX | LOCK_NB) == 0 { try? FileManager.default.removeItem(atPath: "\(folder)/\(name)") }
    }
  }

  static func makeFolder(_ path: String) throws {
    if mkdir(path, 0o777) == 0 || errno == EEXIST && isFolder(path) { return }
    guard errno == ENOENT else { throw StorageError(path, errno == EEXIST ? ENOTDIR : errno) }
    let parent = (path as NSString).deletingLastPathComponent
    guard !parent.isEmpty, parent != path else { throw StorageError(path, ENOENT) }
    try makeFolder(parent)
    guard mkdir(path, 0o777) == 0 || errno == EEXIST else { throw StorageError(path) }
  }

  private static func isFolder(_ path: String) -> Bool {
    var status = stat()
    let isThere = stat(path, &status) == 0
    errno = EEXIST
    return isThere && status.st_mode & S_IFMT == S_IFDIR
  }

  /// Puts a whole file in place.
  ///
  /// - Throws: ``StorageError``.
  func write(_ bytes: [UInt8], to name: String) throws {
    let temporary = "\(staging)/\(serial.next())"
    try Self.write(bytes, at: temporary)
    try move(temporary, to: name)
  }

  /// Gives a finished file its name in the folder.
  func move(_ temporary: String, to name: String) throws {
    let target = "\(path)/\(name)"
    if rename(temporary, target) == 0 { return }
    guard errno == ENOENT else {
      defer { unlink(temporary) }
      throw StorageError(target)
    }
    try Self.makeFolder((target as NSString).deletingLastPathComponent)
    guard rename(temporary, target) == 0 else { throw StorageError(target) }
  }

  /// Gives a finished folder its name, in place of what has it.
  func replaceFolder(_ name: String, by temporary: String) throws {
    let target = "\(path)/\(name)"
    try Self.makeFolder((target as NSString).deletingLastPathComponent)
    // Another run may finish the same at the same time.
    for _ in 0..<100 {
      if rename(temporary, target) == 0 { return }
      guard errno == ENOTEMPTY || errno == EEXIST || errno == ENOTDIR else { throw StorageError(target) }
      let old = "\(staging)/old-\(serial.next())"
      if rename(target, old) == 0 { try? FileManager.default.removeItem(atPath: old) }
    }
    throw StorageError(target, EBUSY)
  }

  /// How many bytes a file has; `nil` where there is none.
  func size(of name: String) -> Int? {
    var status = stat()
    return stat("\(path)/\(name)", &status) == 0 ? Int(status.st_size) : nil
  }

  func contents(of name: String) -> Data? { FileManager.default.contents(atPath: "\(path)/\(name)") }

  static func write(_ bytes: [UInt8], at path: String) throws {
    let file = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o666)
    guard file >= 0 else { throw StorageError(path) }
    var (failure, done): (Int32, Int) = (0, 0)
    bytes.withUnsafeBytes { buffer in
      while done < buffer.count, failure == 0 {
        let count = Foundation.write(file, buffer.baseAddress! + done, buffer.count - done)
        if count >= 0 { done += count } else if errno != EINTR { failure = errno }
      }
    }
    // A full disk behind a network may only speak up here.
    if close(file) != 0, failure == 0 { failure = errno }
    guard failure == 0 else {
      unlink(path)
      throw StorageError(path, failure)
    }
  }
}

/// Numbers that no two threads get alike.
final class Counter: @unchecked Sendable {
  private let lock = NSLock()
  private var number = 0
  func next() -> Int {
    lock.withLock {
      number += 1
      return number
    }
  }
}

/// A file written line by line.
final class LineFile {
  let path: String
  private let stream: UnsafeMutablePointer<FILE>
  private var hash = SHA256()
  private(set) var bytes = 0

  init(_ path: String) throws {
    guard let stream = fopen(path, "we") else { throw StorageError(path) }
    (self.path, self.stream) = (path, stream)
  }

  private var isOpen = true
  deinit { if isOpen { fclose(stream) } }

  func write(_ line: String) throws {
    let data = Array(line.utf8) + [0x0A]
    hash.update(data)
    bytes += data.count
    guard fwrite(data, 1, data.count, stream) == data.count else { throw StorageError(path) }
  }

  /// Makes sure that all of it is written; returns its hash.
  func finish() throws -> String {
    isOpen = false
    guard fclose(stream) == 0 else { throw StorageError(path) }
    return hash.hex()
  }
}
