import Explaining
import Foundation
import Images
import Tensors

/// All pictures of a data set in their order, of which one shard may be wanted.
///
/// Reads ahead by nothing: a set may be a pipe, or longer than memory.
package final class DatasetReader {
  private let stream: any EntryStream
  private let shard: Shard?
  private var names = SHA256()
  /// What was looked at before its turn.
  private var first: DatasetEntry?
  /// How many pictures there are in the whole set, so far.
  package private(set) var count = 0

  /// - Parameters:
  ///   - inputs: folders, patterns (`photos/**/*.jpg`), pictures, archives; `-` for a list on standard input.
  ///   - list: a file that names pictures; `-` for standard input.
  ///   - shard: which part of the set is wanted.
  ///   - output: a folder that is passed over.
  ///   - isStopped: ends the reading of a pipe.
  /// - Throws: ``ExplainingError`` where a folder or a file is not there.
  package init(
    _ inputs: [String], list: String?, shard: Shard?, apartFrom output: String? = nil,
    isStopped: @escaping @Sendable () -> Bool
  ) throws {
    self.shard = shard
    let lists = (list.map { [$0] } ?? []) + inputs.filter { $0 == "-" }
    guard lists.count(where: { $0 == "-" }) <= 1 else {
      throw ExplainingError(.usage, "standard input is named twice: it can be read once")
    }
    for path in inputs where path != "-" { try Self.check(path) }
    if let list, list != "-" { try InputFile.check(list, as: "list") }
    stream = Chain(
      (list.map { list in [{ try ListReader(list, isStopped: isStopped) }] } ?? [])
        + inputs.map { input in { try Self.stream(input, output, isStopped) } })
  }

  private static func isFolder(_ path: String) -> Bool {
    var isFolder: ObjCBool = false
    return FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) && isFolder.boolValue
  }

  private static func check(_ path: String) throws {
    guard !FileManager.default.fileExists(atPath: path) else { return }
    guard let pattern = PathPattern(path) else {
      throw ExplainingError(.missingInput, "there is no folder, picture or archive \(path)")
    }
    guard isFolder(pattern.folder.isEmpty ? "." : pattern.folder) else {
      throw ExplainingError(.missingInput, "there is no folder \(pattern.folder), where \(path) is to be looked for")
    }
  }

  private static func stream(
    _ input: String, _ output: String?, _ isStopped: @escaping @Sendable () -> Bool
  ) throws -> any EntryStream {
    if input == "-" { return try ListReader("-", isStopped: isStopped) }
    if isFolder(input) { return try FolderWalk(input, apartFrom: output) }
    if !FileManager.default.fileExists(atPath: input), let pattern = PathPattern(input) {
      return try FolderWalk(pattern.folder, matching: pattern, apartFrom: output)
    }
    return DatasetEntry.stream(of: input)
  }

  /// The shape of the first picture without a batch of one, where it is an array: it settles what a network leaves open.
  ///
  /// - Throws: What reading the set throws.
  package func firstArrayShape() throws -> [Int]? {
    if first == nil { first = try stream.next() }
    guard let first, first.isArray else { return nil }
    if case .row(let stack, _) = first.place { return stack.rowShape }
    // One that cannot be read is told in its turn.
    guard let array = try? NumPyFile.decode(first.bytes(), named: first.name) else { return nil }
    return array.shape.count == 4 && array.shape[0] == 1 ? Array(array.shape.dropFirst()) : array.shape
  }

  private func take() throws -> DatasetEntry? {
    guard let entry = first else { return try stream.next() }
    first = nil
    return entry
  }

  /// The next picture that is wanted; `nil` at the end.
  package func next() throws -> DatasetEntry? {
    while var entry = try take() {
      entry.index = count
      count += 1
      names.update(entry.name + "\n")
      if shard?.holds(entry.name) ?? true { return entry }
    }
    return nil
  }

  /// What the names of all pictures so far come to, in their order.
  package var digest: String {
    var names = names
    return names.hex()
  }
}
