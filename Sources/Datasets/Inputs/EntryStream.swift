import Explaining
import Foundation
import Images

/// Pictures one after the other: nothing but what lies ahead is held.
protocol EntryStream: AnyObject {
  /// The next picture, its index unset; `nil` at the end.
  func next() throws -> DatasetEntry?
}

/// The endings by which pictures, and files that hold many, are known.
enum PictureEnding {
  static let pictures: Set = [
    "png", "jpg", "jpeg", "pbm", "pgm", "ppm", "pnm", "npy", "bmp", "gif", "webp", "tif", "tiff",
  ]
  static let archives: Set = ["tar", "npz"]

  static func of(_ path: String) -> String { (path as NSString).pathExtension.lowercased() }
}

extension DatasetEntry {
  /// What a name means: one picture, or all that an archive or a stack of arrays holds.
  static func stream(of path: String, _ columns: Columns = Columns()) -> any EntryStream {
    let single = DatasetEntry(name: path, place: .file(path), columns: columns)
    do {
      switch PictureEnding.of(path) {
      case "tar": return try TarReader(path)
      case "gz", "tgz":
        guard path.lowercased().hasSuffix(".tar.gz") || path.lowercased().hasSuffix(".tgz") else { break }
        throw ImageError.unsupported(
          name: path, kind: "a compressed archive, whose pictures cannot be reached one by one",
          remedy: "store it uncompressed, with `gunzip`")
      case "npz": return try ArchiveOfArrays(path)
      case "npy":
        if let stack = try NumPyStack(contentsOf: path) { return StackRows(stack, columns) }
      default: break
      }
    } catch {
      // Told in its turn, as of any picture that cannot be used.
      return OneEntry(DatasetEntry(name: path, place: .unusable(ExplainingError(error).description)))
    }
    return OneEntry(single)
  }
}

/// A single picture.
final class OneEntry: EntryStream {
  private var entry: DatasetEntry?
  init(_ entry: DatasetEntry) { self.entry = entry }

  func next() -> DatasetEntry? {
    defer { entry = nil }
    return entry
  }
}

/// The rows of an array of pictures.
final class StackRows: EntryStream {
  private let stack: NumPyStack
  private let columns: DatasetEntry.Columns
  private var row = 0

  init(_ stack: NumPyStack, _ columns: DatasetEntry.Columns = DatasetEntry.Columns()) {
    (self.stack, self.columns) = (stack, columns)
  }

  func next() -> DatasetEntry? {
    guard row < stack.count else { return nil }
    defer { row += 1 }
    return DatasetEntry(name: "\(stack.name)[\(row)]", place: .row(stack, row), columns: columns)
  }
}

/// Several streams, one after the other; each is made when its turn comes.
final class Chain: EntryStream {
  private var waiting: [() throws -> any EntryStream]
  private var current: (any EntryStream)?

  init(_ streams: [() throws -> any EntryStream]) { waiting = streams.reversed() }

  func next() throws -> DatasetEntry? {
    while true {
      if let entry = try current?.next() { return entry }
      guard let make = waiting.popLast() else { return nil }
      current = try make()
    }
  }
}
