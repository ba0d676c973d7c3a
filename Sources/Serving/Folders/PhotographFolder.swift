import Foundation
import Images

/// A folder of photographs that people may look through, named when the server began.
public struct PhotographFolder: Sendable {
  /// What it is called in addresses and lists; different from others'.
  public let name: String
  /// Where it lies on this computer, which is told to nobody.
  let path: String

  /// A folder, with the folders in it.
  ///
  /// - Parameters:
  ///   - name: what it is called in addresses and lists.
  ///   - path: where it lies.
  public init(_ name: String, path: String) { (self.name, self.path) = (name, path) }
}

extension PhotographFolder {
  /// A photograph in it.
  struct Entry: Sendable {
    /// The path from the folder on.
    let name: String
    /// The file itself, links resolved.
    let file: String
    /// Changes with the file.
    let stamp: String
  }

  /// The paths of all pictures in it from it on, at most so many, as people order names; hidden files are left out.
  func names(most: Int) -> [String] {
    let root = URL(fileURLWithPath: path).resolvingSymlinksInPath()
    guard
      let walk = FileManager.default.enumerator(
        at: root, includingPropertiesForKeys: [.isDirectoryKey, .isSymbolicLinkKey], options: [.skipsHiddenFiles])
    else { return [] }
    let depth = root.pathComponents.count
    var names: [String] = []
    for case let url as URL in walk where Raster.fileExtensions.contains(url.pathExtension.lowercased()) {
      let facts = try? url.resourceValues(forKeys: [.isDirectoryKey, .isSymbolicLinkKey])
      let name = url.pathComponents.dropFirst(depth).joined(separator: "/")
      guard facts?.isDirectory != true, facts?.isSymbolicLink != true || entry(name) != nil else { continue }
      names.append(name)
      if names.count == most { break }
    }
    return names.sorted { $0.compare($1, options: [.numeric, .caseInsensitive]) == .orderedAscending }
  }

  /// The picture of this path, where it is an ordinary file that lies in the folder by whichever links.
  func entry(_ name: String) -> Entry? {
    let root = URL(fileURLWithPath: path).resolvingSymlinksInPath().path
    let parts = name.split(separator: "/", omittingEmptySubsequences: false)
    guard !parts.isEmpty, !parts.contains(where: { $0.isEmpty || $0.hasPrefix(".") }), !name.utf8.contains(0),
      Raster.fileExtensions.contains((name as NSString).pathExtension.lowercased())
    else { return nil }
    let file = URL(fileURLWithPath: "\(root)/\(name)").resolvingSymlinksInPath().path
    // Links that lead out of the folder lead nowhere.
    guard file.hasPrefix(root.hasSuffix("/") ? root : root + "/"),
      let facts = try? FileManager.default.attributesOfItem(atPath: file),
      facts[.type] as? FileAttributeType == .typeRegular
    else { return nil }
    let time = (facts[.modificationDate] as? Date)?.timeIntervalSince1970 ?? 0
    return Entry(name: name, file: file, stamp: "\(time) \(facts[.size] as? Int ?? 0)")
  }
}

extension PhotographFolder.Entry {
  /// The file's bytes, read as a picture and as nothing else.
  ///
  /// - Throws: ``Problem`` where it is too large or cannot be read, and `ImageError` for what is no picture.
  func raster(_ limits: Limits) throws -> Raster {
    let size = (try? FileManager.default.attributesOfItem(atPath: file)[.size] as? Int) ?? 0
    guard size <= limits.fileBytes else {
      throw Problem(.contentTooLarge, "\(name) has more than \(limits.fileBytes / 1_000_000) MB: make it smaller")
    }
    guard let bytes = FileManager.default.contents(atPath: file) else {
      throw Problem(.notFound, "\(name) cannot be read")
    }
    return try Raster(decoding: Array(bytes), named: name, pixelLimit: limits.pixels)
  }
}
