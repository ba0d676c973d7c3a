import Explaining
import Images
import Reporting
import Synchronization

/// The folders that were named when the server began, and what is shown of the photographs in them.
final class Folders: Sendable {
  let all: [PhotographFolder]
  private let limits: Limits
  /// What was found in each folder, and when; held while one is looked through, so that several askers wait for one walk.
  private let lists = Mutex<[String: (names: [String], time: ContinuousClock.Instant)]>([:])
  /// Small pictures, the latest last.
  private let thumbnails = Mutex<[(key: String, bytes: [UInt8])]>([])

  init(_ folders: [PhotographFolder], _ limits: Limits) { (all, self.limits) = (folders, limits) }

  /// What a photograph of a folder is called in questions: `folder:`, the folder and the path in it.
  static let prefix = "folder:"

  /// The names of a folder's photographs; what comes and goes meanwhile is noticed after some seconds.
  ///
  /// - Throws: ``Problem`` where there is no such folder.
  func names(in folder: PhotographFolder) -> [String] {
    lists.withLock { lists in
      if let list = lists[folder.name], ContinuousClock.now - list.time < .seconds(10) { return list.names }
      let names = folder.names(most: limits.folderFiles)
      lists[folder.name] = (names, .now)
      return names
    }
  }

  /// The folder of this name.
  ///
  /// - Throws: ``Problem`` where there is none.
  subscript(name: String) -> PhotographFolder {
    get throws(Problem) {
      guard let folder = all.first(where: { $0.name == name }) else {
        throw Problem(
          .notFound,
          all.isEmpty
            ? "there are no folders of photographs here: name one when the server is started, with --photos"
            : "there is no folder '\(name.prefix(100))' here: \(all.map(\.name).joined(separator: ", "))")
      }
      return folder
    }
  }

  /// The photograph that a question names, without ``prefix``.
  ///
  /// - Throws: ``Problem`` where there is none.
  func entry(_ text: Substring) throws(Problem) -> PhotographFolder.Entry {
    let sides = text.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
    let folder = try self[String(sides[0])]
    guard sides.count == 2, let entry = folder.entry(String(sides[1])) else {
      throw Problem(.notFound, "the folder '\(folder.name)' has no photograph '\((sides.last ?? "").prefix(200))'")
    }
    return entry
  }

  /// A small JPEG of a photograph.
  ///
  /// - Throws: ``Problem``, and `ImageError` for what is no picture.
  func thumbnail(_ entry: PhotographFolder.Entry) throws -> [UInt8] {
    let key = "\(entry.file) \(entry.stamp)"
    let known = thumbnails.withLock { kept -> [UInt8]? in
      guard let index = kept.firstIndex(where: { $0.key == key }) else { return nil }
      let found = kept.remove(at: index)
      kept.append(found)
      return found.bytes
    }
    if let known { return known }
    let bytes = try LivePage.thumbnail(of: entry.raster(limits), side: limits.thumbnailSide)
    thumbnails.withLock { kept in
      kept.append((key, bytes))
      if kept.count > limits.thumbnails { kept.removeFirst() }
    }
    return bytes
  }
}
