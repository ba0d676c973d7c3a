import AttributionKit
import Evaluating
package import Explaining
import Foundation

/// Shards of a data set joined into what one run would have written, byte for byte.
package struct DatasetMerge {
  private var parts: [Part]
  private let output: String

  private struct Part {
    /// Where its files lie.
    let root: String
    /// Where its manifest lies.
    let place: String
    let manifest: DatasetManifest
  }

  /// Finds the shards in some folders, and makes sure that they are all there and of one set.
  ///
  /// - Parameters:
  ///   - folders: what `limn batch --shard` has written to.
  ///   - output: where the whole goes; the first of the folders, perhaps.
  /// - Throws: ``IncompleteSet`` where some are missing; ``ExplainingError`` where they do not belong together.
  package init(_ folders: [String], output: String) throws {
    self.output = output
    parts = []
    for folder in folders {
      let shards = "\(folder)/shards"
      let names = ((try? FileManager.default.contentsOfDirectory(atPath: shards)) ?? []).sorted()
      for name in names {
        if let manifest = try DatasetManifest(in: "\(shards)/\(name)") {
          parts.append(Part(root: folder, place: "\(shards)/\(name)", manifest: manifest))
        }
      }
    }
    if let path = folders.first(where: { !FileManager.default.fileExists(atPath: $0) }) {
      throw ExplainingError(.missingInput, "there is no folder \(path)")
    }
    guard let first = parts.first?.manifest else {
      throw IncompleteSet(description: "there is no finished shard in \(folders.joined(separator: ", "))")
    }
    for part in parts where part.manifest.fingerprint != first.fingerprint {
      throw ExplainingError(
        .data,
        "\(part.place) was made with another network, other methods or settings than \(parts[0].place): "
          + "run it again with the same")
    }
    for part in parts where part.manifest.set != first.set {
      throw ExplainingError(
        .data,
        "\(part.place) is of a set of \(part.manifest.set.pictures) pictures and \(parts[0].place) of one of "
          + "\(first.set.pictures), or their names differ: run the shards on the same list")
    }
    let count = first.shard?.count ?? 1
    guard parts.allSatisfy({ $0.manifest.shard?.count == count }) else {
      throw ExplainingError(.data, "the set was parted in different ways: remove the shards that are not of \(count)")
    }
    // The same shard may have been run in two folders.
    var seen: Set<Int> = []
    parts = parts.filter { seen.insert($0.manifest.shard?.index ?? 0).inserted }
    let missing = (0..<count).filter { !seen.contains($0) }
    guard missing.isEmpty else {
      let list = missing.prefix(20).map(String.init).joined(separator: ", ")
      throw IncompleteSet(
        description: "\(missing.count) of \(count) shards are not finished: \(list)\(missing.count > 20 ? ", …" : "")")
    }
  }

  /// Writes the whole.
  ///
  /// - Parameter catalogue: what methods and metrics are named in.
  /// - Returns: The manifest, as it was written.
  /// - Throws: ``StorageError``; ``IncompleteSet`` where a shard's list is not the one its manifest speaks of.
  package func join(in catalogue: Catalogue) throws -> DatasetManifest {
    var manifest = parts[0].manifest, total = 0
    manifest.shard = nil
    (manifest.pictures, manifest.explained, manifest.unusable, manifest.rows) = (0, 0, 0, 0)
    let methods = try manifest.methods.map { try catalogue.expressions($0.expression, layer: nil)[0] }
    let metrics = try manifest.metrics.map { try catalogue.metrics($0, marked: true)[0] }
    let folder = try ResultFolder(output)
    defer { folder.discard() }
    let collector = try Collector(folder, manifest, methods: methods, metrics: metrics)
    var lists = try parts.map { try PartReader($0.root, $0.manifest) }
    while let next = lists.indices.filter({ lists[$0].line != nil }).min(by: {
      lists[$0].line!.index < lists[$1].line!.index
    }),
      let line = lists[next].line
    {
      guard line.index == total else {
        throw IncompleteSet(description: "picture \(total) of the set is in no shard: run the shards again on one list")
      }
      total += 1
      try fetch(line, from: parts[next].root, into: folder)
      try collector.add(line)
      try lists[next].advance()
    }
    guard total == manifest.set.pictures else {
      throw IncompleteSet(description: "the shards tell of \(total) pictures, and the set has \(manifest.set.pictures)")
    }
    return try collector.finish(manifest.set)
  }

  /// Brings a picture's files from another folder, its record last.
  private func fetch(_ line: ResultLine, from root: String, into folder: ResultFolder) throws {
    guard case .explained(let record, _, _) = line.outcome else { return }
    let isOwn = URL(fileURLWithPath: root).standardized == URL(fileURLWithPath: output).standardized
    for file in record.files where folder.size(of: file.file) != file.bytes {
      guard !isOwn, let data = FileManager.default.contents(atPath: "\(root)/\(file.file)"), data.count == file.bytes
      else { throw IncompleteSet(description: "\(root)/\(file.file) is missing or not whole: run its shard again") }
      try folder.write(Array(data), to: file.file)
    }
    let name = PictureRecord.path(of: record.key)
    if !isOwn, folder.size(of: name) == nil, let data = FileManager.default.contents(atPath: "\(root)/\(name)") {
      try folder.write(Array(data), to: name)
    }
  }
}

/// A set of which something is not finished yet.
package struct IncompleteSet: Error, CustomStringConvertible {
  package let description: String
}

/// The results of a shard, one by one.
private struct PartReader {
  private let reader: FileDescriptorReader
  private(set) var line: ResultLine?

  init(_ root: String, _ manifest: DatasetManifest) throws {
    let path = "\(root)/\(manifest.results.file)"
    var status = stat()
    guard stat(path, &status) == 0, Int(status.st_size) == manifest.results.bytes else {
      throw IncompleteSet(description: "\(path) is not the one its manifest speaks of: run that shard again")
    }
    reader = try FileDescriptorReader(path) { false }
    try advance()
  }

  mutating func advance() throws { line = try reader.next().map { try ResultLine($0) } }
}
