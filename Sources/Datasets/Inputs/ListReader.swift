import Explaining
import Foundation

/// Pictures named one after the other in a text: a line each, or ended by NUL characters, as `find -print0` has it.
///
/// Columns after the name, parted by tabs, are the target, the box and the mask, or what the first line calls them where it
/// begins with `path`. A line in braces is a JSON object with these keys; of a `.csv` file columns are parted by commas.
final class ListReader: EntryStream {
  private let name: String
  private let file: FileDescriptorReader
  private let isTable: Bool
  private var names = ["path", "target", "box", "mask"]
  private var isFirst = true
  private var line = 0
  private var current: (any EntryStream)?

  /// - Parameters:
  ///   - path: the list; `-` for standard input.
  ///   - isStopped: asked while nothing arrives; reading ends where it says so.
  /// - Throws: ``ExplainingError`` where there is no such file.
  init(_ path: String, isStopped: @escaping @Sendable () -> Bool) throws {
    name = path == "-" ? "standard input" : path
    isTable = PictureEnding.of(path) == "csv"
    if path != "-" { try InputFile.check(path, as: "list") }
    file = try FileDescriptorReader(path, isStopped: isStopped)
  }

  func next() throws -> DatasetEntry? {
    while true {
      if let entry = try current?.next() { return entry }
      current = nil
      guard let record = try file.next() else { return nil }
      line += 1
      let wasFirst = isFirst
      isFirst = false
      guard !record.isEmpty else { continue }
      if record.hasPrefix("{") {
        current = stream(json: record)
        continue
      }
      // A name that ends in NUL may hold a tab itself.
      if file.endsInNull, FileManager.default.fileExists(atPath: record) {
        current = DatasetEntry.stream(of: record)
        continue
      }
      let cells =
        isTable ? Self.cells(record) : record.split(separator: "\t", omittingEmptySubsequences: false).map(String.init)
      if wasFirst, ["path", "image", "file"].contains(cells[0].lowercased()), cells.count > 1 || isTable {
        names = ["path"] + cells.dropFirst().map { $0.trimmed.lowercased() }
        continue
      }
      current = stream(Dictionary(zip(names, cells)) { first, _ in first })
    }
  }

  private func stream(_ fields: [String: String]) -> any EntryStream {
    func field(_ name: String) -> String? { fields[name].flatMap { $0.isEmpty ? nil : $0 } }
    return DatasetEntry.stream(
      of: fields["path"] ?? "",
      DatasetEntry.Columns(target: field("target"), box: field("box"), mask: field("mask")))
  }

  private func stream(json record: String) -> any EntryStream {
    struct Fields: Decodable {
      let path: String
      let target: Text?, box: Text?, mask: String?
    }
    do {
      let fields = try JSONDecoder().decode(Fields.self, from: Data(record.utf8))
      return DatasetEntry.stream(
        of: fields.path,
        DatasetEntry.Columns(target: fields.target?.text, box: fields.box?.text, mask: fields.mask))
    } catch {
      // Told in its turn, as of any picture that cannot be used.
      return OneEntry(
        DatasetEntry(
          name: "\(name), line \(line)",
          place: .unusable("line \(line) of \(name) is no JSON object with a \"path\" and texts: \(record.prefix(80))"))
      )
    }
  }

  /// A text, a number, or numbers in a list, the whole ones without a point.
  private struct Text: Decodable {
    let text: String
    init(from decoder: any Decoder) throws {
      let value = try decoder.singleValueContainer()
      if let number = try? value.decode(Int.self) {
        text = "\(number)"
      } else if let numbers = try? value.decode([Double].self) {
        text = numbers.map { Int(exactly: $0).map(String.init) ?? "\($0)" }.joined(separator: ",")
      } else {
        text = try value.decode(String.self)
      }
    }
  }

  /// The cells of a line of a table with commas; quotes double within quotes.
  private static func cells(_ line: String) -> [String] {
    var (cells, cell, isQuoted) = ([String](), "", false)
    var rest = line[...]
    while let next = rest.popFirst() {
      switch next {
      case "\"" where isQuoted && rest.first == "\"": cell.append(rest.removeFirst())
      case "\"": isQuoted.toggle()
      case "," where !isQuoted:
        cells.append(cell)
        cell = ""
      default: cell.append(next)
      }
    }
    return cells + [cell]
  }
}

/// Records of a file that may be a pipe: each is handed on as soon as it is there.
final class FileDescriptorReader {
  private let file: Int32
  private let isStopped: @Sendable () -> Bool
  private var buffer: [UInt8] = []
  private var start = 0
  private var isOver = false
  /// What records end in: NUL where what arrives first has one, since names may hold line ends.
  private var end: UInt8?
  /// Whether records end in NUL.
  var endsInNull: Bool { end == 0 }

  init(_ path: String, isStopped: @escaping @Sendable () -> Bool) throws {
    file = path == "-" ? STDIN_FILENO : open(path, O_RDONLY | O_CLOEXEC)
    guard file >= 0 else {
      throw ExplainingError(.missingInput, "cannot read the list \(path): \(String(cString: strerror(errno)))")
    }
    self.isStopped = isStopped
  }

  deinit { if file != STDIN_FILENO { close(file) } }

  func next() throws -> String? {
    var searched = start
    while true {
      if end == nil {
        let arrived = buffer[searched...]
        end = arrived.contains(0) ? 0 : arrived.contains(0x0A) ? 0x0A : nil
      }
      if let end, let place = buffer[searched...].firstIndex(of: end) {
        defer { start = place + 1 }
        return text(buffer[start..<place])
      }
      searched = buffer.count
      guard !isOver else {
        guard start < buffer.count else { return nil }
        defer { start = buffer.count }
        return text(buffer[start...])
      }
      if start > 0 {
        searched -= start
        buffer.removeFirst(start)
        start = 0
      }
      try fill()
    }
  }

  private func text(_ bytes: ArraySlice<UInt8>) -> String {
    let isLine = end != 0 && bytes.last == 0x0D
    return String(decoding: isLine ? bytes.dropLast() : bytes, as: UTF8.self)
  }

  private func fill() throws {
    var waiting = pollfd(fd: file, events: Int16(POLLIN), revents: 0)
    while poll(&waiting, 1, 200) == 0 {
      if isStopped() {
        (isOver, start) = (true, buffer.count)
        return
      }
    }
    let chunk = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 16, alignment: 16)
    defer { chunk.deallocate() }
    let count = read(file, chunk.baseAddress, chunk.count)
    if count > 0 {
      buffer.append(contentsOf: chunk[..<count])
    } else if count == 0 {
      isOver = true
    } else if errno != EINTR {
      throw ExplainingError(.missingInput, "cannot read the list: \(String(cString: strerror(errno)))")
    }
  }
}
