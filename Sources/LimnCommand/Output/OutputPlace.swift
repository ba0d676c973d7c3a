import Foundation
import Images

/// A file to be written, checked before the work starts.
struct OutputPlace {
  let path: String

  /// Makes sure that `path` lies in a folder that can be written, and is none of `inputs`.
  init(_ path: String, apartFrom inputs: [String]) throws {
    self.path = path
    try Self.checkFolder(of: path)
    if let input = inputs.first(where: { Self.isSameFile($0, path) }) {
      throw Failure.usage("writing \(path) would overwrite the input \(input): choose another name with -o")
    }
  }

  private static func checkFolder(of path: String) throws {
    let folder = URL(fileURLWithPath: path).deletingLastPathComponent().path
    let files = FileManager.default
    var isFolder: ObjCBool = false
    guard files.fileExists(atPath: folder, isDirectory: &isFolder), isFolder.boolValue else {
      throw Failure.cannotCreate("cannot write \(path): there is no folder \(folder)")
    }
    if files.fileExists(atPath: path, isDirectory: &isFolder), isFolder.boolValue {
      throw Failure.cannotCreate("cannot write \(path): it is a folder; name a file in it")
    }
    guard access(folder, W_OK) == 0 else {
      throw Failure.cannotCreate("cannot write \(path): you may not write to the folder \(folder)")
    }
  }

  /// Whether two names mean one file, by whichever links.
  private static func isSameFile(_ a: String, _ b: String) -> Bool {
    var (first, second) = (stat(), stat())
    guard stat(a, &first) == 0, stat(b, &second) == 0 else { return false }
    return first.st_dev == second.st_dev && first.st_ino == second.st_ino
  }

  /// Puts the whole file in place at once.
  func write(_ bytes: some Collection<UInt8>) throws { try AtomicFile.write(Array(bytes), to: path) }
}
