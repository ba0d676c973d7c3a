import Explaining
import Foundation
import Images

/// The pictures of a tar archive that is not compressed, as WebDataset has them: `0001.jpg`, with the class beside it in
/// `0001.cls`, and where the object is in `0001.mask.png`.
///
/// Read are ustar, pax and GNU archives. Only headers are read here; the bytes of a picture when its turn comes.
final class TarReader: EntryStream {
  private let path: String
  private let file: Int32
  private let size: Int
  private var offset = 0
  /// The members of the sample at hand, and the first of the next one.
  private var sample: [Member] = []
  private var following: Member?
  private var ready: [DatasetEntry] = []

  private struct Member {
    let name: String
    let offset: Int
    let count: Int

    /// The name up to the first dot after the folders: what belongs together.
    var key: Substring {
      let start = name.lastIndex(of: "/").map(name.index(after:)) ?? name.startIndex
      return name[..<(name[start...].firstIndex(of: ".") ?? name.endIndex)]
    }

    /// What follows it, in lower case.
    var ending: String { String(name.dropFirst(key.count + 1)).lowercased() }
  }

  init(_ path: String) throws {
    try InputFile.check(path, as: "archive")
    self.path = path
    file = open(path, O_RDONLY | O_CLOEXEC)
    guard file >= 0 else { throw ImageError.unreadable(path: path, reason: String(cString: strerror(errno))) }
    var status = stat()
    guard fstat(file, &status) == 0 else { throw ImageError.unreadable(path: path, reason: "it has no size") }
    size = Int(status.st_size)
  }

  deinit { close(file) }

  func next() throws -> DatasetEntry? {
    while ready.isEmpty {
      let member: Member?
      do { member = try following ?? nextMember() } catch let error as ImageError {
        // What was read so far is used; that the rest is not is told.
        ready = entries() + [DatasetEntry(name: path, place: .unusable(ExplainingError(error).description))]
        (sample, following, offset) = ([], nil, size)
        break
      }
      following = nil
      if let member, sample.isEmpty || sample[0].key == member.key {
        sample.append(member)
      } else {
        ready = entries()
        (sample, following) = ([], member)
        if member == nil, ready.isEmpty { return nil }
      }
    }
    return ready.isEmpty ? nil : ready.removeFirst()
  }

  /// The pictures among the members of a sample.
  private func entries() -> [DatasetEntry] {
    var columns = DatasetEntry.Columns()
    if let label = sample.first(where: { $0.ending == "cls" }), let bytes = try? bytes(of: label) {
      let text = String(decoding: bytes, as: UTF8.self).trimmed
      columns.target = text.isEmpty ? nil : text
    }
    return sample.filter { member in
      !member.ending.hasPrefix("mask.") && PictureEnding.pictures.contains(PictureEnding.of(member.name))
    }.map { member in
      DatasetEntry(
        name: "\(path)/\(member.name)", place: .part(of: path, offset: member.offset, count: member.count),
        columns: columns)
    }
  }

  private func bytes(of member: Member) throws -> [UInt8] {
    try NumPyStack.bytes(of: path, from: member.offset, count: min(member.count, 1 << 16), atMost: false)
  }

  /// The next file; `nil` at the end.
  private func nextMember() throws -> Member? {
    var (longName, paxSize): (String?, Int?) = (nil, nil)
    while offset + 512 <= size {
      let header = try NumPyStack.bytes(of: path, from: offset, count: 512, atMost: false)
      if header.allSatisfy({ $0 == 0 }) { return nil }
      guard Self.isHeader(header) else {
        throw ImageError.corrupt(name: path, reason: "it is no tar archive at \(offset)")
      }
      let count = paxSize ?? Self.number(header[124..<136]), start = offset + 512
      guard count >= 0, start + count <= size else {
        throw ImageError.corrupt(name: path, reason: "it ends within a member")
      }
      offset = start + (count + 511) / 512 * 512
      let kind = header[156]
      switch kind {
      case UInt8(ascii: "L"):
        longName = Self.text(try NumPyStack.bytes(of: path, from: start, count: count, atMost: false)[...])
      case UInt8(ascii: "x"):
        for (key, value) in Self.paxRecords(try NumPyStack.bytes(of: path, from: start, count: count, atMost: false)) {
          if key == "path" { longName = value }
          if key == "size" { paxSize = Int(value) }
        }
      case 0, UInt8(ascii: "0"), UInt8(ascii: "7"):
        let name = longName ?? Self.name(header)
        return Member(name: name.hasPrefix("./") ? String(name.dropFirst(2)) : name, offset: start, count: count)
      default: (longName, paxSize) = (nil, nil)
      }
    }
    return nil
  }

  private static func text(_ bytes: ArraySlice<UInt8>) -> String {
    String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
  }

  private static func name(_ header: [UInt8]) -> String {
    let name = text(header[0..<100]), prefix = text(header[345..<500])
    let isUstar = header[257..<262].elementsEqual("ustar".utf8) && header[262] != 0x20
    return isUstar && !prefix.isEmpty ? "\(prefix)/\(name)" : name
  }

  /// Whether the checksum is right, which counts its own eight bytes as spaces.
  private static func isHeader(_ header: [UInt8]) -> Bool {
    let sum = header.enumerated().reduce(0) { $0 + ((148..<156).contains($1.offset) ? 32 : Int($1.element)) }
    return number(header[148..<156]) == sum
  }

  /// Octal digits, or with the highest bit set a binary number.
  private static func number(_ field: ArraySlice<UInt8>) -> Int {
    guard let first = field.first, first & 0x80 == 0 else {
      return field.dropFirst().reduce(0) { ($0 & (Int.max >> 9)) << 8 | Int($1) }
    }
    return field.drop { $0 == 0x20 }.prefix { (0x30...0x37).contains($0) }.reduce(0) { $0 << 3 | Int($1 - 0x30) }
  }

  /// `27 path=folder/name.jpg\n`, the first number counting the whole record.
  private static func paxRecords(_ bytes: [UInt8]) -> [(String, String)] {
    var (records, rest) = ([(String, String)](), bytes[...])
    while let space = rest.firstIndex(of: 0x20), let length = Int(String(decoding: rest[..<space], as: UTF8.self)),
      length > 1, length <= rest.count, rest.startIndex + length - 1 > space
    {
      let record = rest[(space + 1)..<(rest.startIndex + length - 1)]
      if let equals = record.firstIndex(of: UInt8(ascii: "=")) {
        records.append(
          (String(decoding: record[..<equals], as: UTF8.self), String(decoding: record[(equals + 1)...], as: UTF8.self))
        )
      }
      rest = rest.dropFirst(length)
    }
    return records
  }
}
