import Explaining
import Foundation

/// The pictures in a folder and all folders in it, in the order of their names; a pattern may say which.
///
/// At any time no more is held than the names in the folders on the way down.
final class FolderWalk: EntryStream {
  /// What lies ahead, the next one last.
  private var ahead: [String]
  private let base: String
  private let pattern: PathPattern?
  private var current: (any EntryStream)?
  private let excluded: String?
  private let deepest = 128

  /// - Parameters:
  ///   - folder: where to begin.
  ///   - pattern: which paths below it are meant; `nil` for all with the ending of a picture or an archive.
  ///   - output: a folder that is passed over.
  /// - Throws: ``ExplainingError`` where there is no such folder.
  init(_ folder: String, matching pattern: PathPattern? = nil, apartFrom output: String? = nil) throws {
    (base, self.pattern, ahead) = (folder, pattern, [])
    excluded = output.map { Self.identity(of: $0) }
    guard let names = Self.names(in: folder) else {
      throw ExplainingError(.missingInput, "there is no folder of pictures \(folder), or you may not read it")
    }
    ahead = names.map { Self.joined(folder, $0) }.reversed()
  }

  func next() throws -> DatasetEntry? {
    while true {
      if let entry = try current?.next() { return entry }
      current = nil
      guard let path = ahead.popLast() else { return nil }
      var isFolder: ObjCBool = false
      if FileManager.default.fileExists(atPath: path, isDirectory: &isFolder), isFolder.boolValue {
        // Links may run in circles.
        guard path.count(where: { $0 == "/" }) < deepest, excluded == nil || Self.identity(of: path) != excluded,
          let names = Self.names(in: path)
        else { continue }
        ahead += names.map { Self.joined(path, $0) }.reversed()
      } else if isMeant(path) {
        current = DatasetEntry.stream(of: path)
      }
    }
  }

  /// A folder by whichever links.
  private static func identity(of path: String) -> String { URL(fileURLWithPath: path).resolvingSymlinksInPath().path }

  private func isMeant(_ path: String) -> Bool {
    if let pattern {
      let isBelow = !base.isEmpty && base != "."
      return pattern.matches(isBelow ? String(path.dropFirst(base.hasSuffix("/") ? base.count : base.count + 1)) : path)
    }
    let ending = PictureEnding.of(path)
    return PictureEnding.pictures.contains(ending) || PictureEnding.archives.contains(ending)
  }

  /// The names in a folder by their bytes, hidden ones left out; `nil` where it cannot be read.
  private static func names(in folder: String) -> [String]? {
    let names = try? FileManager.default.contentsOfDirectory(atPath: folder.isEmpty ? "." : folder)
    return names?.filter { !$0.hasPrefix(".") }.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
  }

  private static func joined(_ folder: String, _ name: String) -> String {
    folder.isEmpty || folder == "." ? name : folder.hasSuffix("/") ? folder + name : "\(folder)/\(name)"
  }
}

/// A path with wildcards, as shells have them: `*` and `?` within a name, `[a-c]`, and `**` for any folders between.
struct PathPattern {
  /// The folder before the first wildcard.
  let folder: String
  private let parts: [String]

  /// `nil` for a text without wildcards.
  init?(_ text: String) {
    let all = text.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
    guard let first = all.firstIndex(where: { $0.contains { "*?[".contains($0) } }) else { return nil }
    let before = all[..<first].joined(separator: "/")
    folder = first == 0 ? "" : before.isEmpty ? "/" : before
    parts = Array(all[first...])
  }

  /// Whether it fits a path below its folder.
  func matches(_ path: String) -> Bool { Self.fits(parts[...], path.split(separator: "/").map(String.init)[...]) }

  private static func fits(_ parts: ArraySlice<String>, _ names: ArraySlice<String>) -> Bool {
    guard let part = parts.first else { return names.isEmpty }
    if part == "**" { return (0...names.count).contains { fits(parts.dropFirst(), names.dropFirst($0)) } }
    guard let name = names.first, fnmatch(part, name, FNM_PERIOD) == 0 else { return false }
    return fits(parts.dropFirst(), names.dropFirst())
  }
}
