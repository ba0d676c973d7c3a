import Foundation

/// A folder, in the list of folders.
private struct FolderLine: Encodable {
  let name: String
  let photographs: Int
}

/// A part of what is in a folder.
private struct FolderAnswer: Encodable {
  let name: String
  /// How many photographs there are, of those that were asked for.
  let total: Int
  let from: Int
  let photographs: [Line]

  struct Line: Encodable {
    /// What questions call it.
    let image: String
    let name: String
  }
}

extension Desk {
  /// `GET /api/folders`.
  func listFolders() throws -> Job.Answer {
    try Job.Answer(folders.all.map { FolderLine(name: $0.name, photographs: folders.names(in: $0).count) })
  }

  /// `GET /api/folders/{name}`: some of its photographs, and of those perhaps the ones whose names hold some letters.
  func look(into name: String, _ request: Request) throws -> Job.Answer {
    let folder = try folders[name]
    func number(_ name: String, or usual: Int, _ range: ClosedRange<Int>) throws(Problem) -> Int {
      guard let text = request.query(name) else { return usual }
      guard let number = Int(text), range.contains(number) else {
        throw Problem(
          .badRequest, "'\(name)' is a whole number from \(range.lowerBound) to \(range.upperBound)")
      }
      return number
    }
    let from = try number("from", or: 0, 0...limits.folderFiles), count = try number("count", or: 24, 1...200)
    var names = folders.names(in: folder)
    if let letters = request.query("find") {
      names.removeAll { $0.range(of: letters, options: [.caseInsensitive, .diacriticInsensitive]) == nil }
    }
    return try Job.Answer(
      FolderAnswer(
        name: folder.name, total: names.count, from: from,
        photographs: names.dropFirst(from).prefix(count).map {
          .init(image: "\(Folders.prefix)\(folder.name)/\($0)", name: $0)
        }))
  }

  /// `GET /api/thumbnail`: a small picture of a folder's photograph.
  func thumbnail(of image: String, _ job: Job) throws -> Job.Answer {
    guard image.hasPrefix(Folders.prefix) else {
      throw Problem(.badRequest, "thumbnails are made of photographs in folders: /api/folders lists them")
    }
    return Job.Answer(
      try folders.thumbnail(folders.entry(image.dropFirst(Folders.prefix.count))), type: "image/jpeg")
  }
}
