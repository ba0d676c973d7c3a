import Foundation
import GraphEngine

/// The table of contents of a safetensors file: eight bytes that give its length, then JSON, then the tensors' data.
struct SafetensorsHeader {
  struct Entry {
    let type: String
    let shape: [Int]
    /// Where the data lies in the file.
    let range: Range<Int>
  }

  let entries: [String: Entry]

  /// Whether a file may be such a one by its first nine bytes or more: a length of the header that is possible, and the
  /// beginning of JSON.
  ///
  /// To be asked before other formats: a length may begin with the bytes of any.
  static func begins(_ bytes: UnsafeRawBufferPointer) -> Bool {
    guard bytes.count > 8 else { return false }
    let length = UInt64(littleEndian: bytes.loadUnaligned(as: UInt64.self))
    return (2...limit).contains(length) && bytes[8] == UInt8(ascii: "{")
  }

  /// The format's own limit, which keeps a damaged length from reading gigabytes as JSON.
  private static let limit: UInt64 = 100_000_000

  /// Reads and checks it: the data of all tensors must fill the rest of the file, without gap or overlap.
  ///
  /// - Throws: ``NetworkError/malformedFile(_:reason:)``.
  init(of file: UnsafeRawBufferPointer, path: String) throws(NetworkError) {
    func malformed(_ reason: String) -> NetworkError { .malformedFile(path, reason: reason) }
    guard file.count >= 8 else { throw malformed("it has only \(file.count) bytes") }
    let length = UInt64(littleEndian: file.loadUnaligned(as: UInt64.self))
    guard Self.begins(file), Int(length) <= file.count - 8 else {
      throw malformed(Self.likeness(of: file) ?? "its header is damaged or cut off")
    }
    let start = 8 + Int(length)
    let json = Data(file[8..<start])
    let decoded: Contents
    do { decoded = try JSONDecoder().decode(Contents.self, from: json) } catch {
      throw malformed(Self.reason(error))
    }
    var entries: [String: Entry] = [:]
    for (name, item) in decoded.items {
      let size = file.count - start
      guard item.offsets.count == 2, 0 <= item.offsets[0], item.offsets[0] <= item.offsets[1], item.offsets[1] <= size
      else { throw malformed("the data of '\(name)' lies outside the file, which may be cut off") }
      let (begin, end) = (item.offsets[0], item.offsets[1])
      guard let count = Self.elementCount(of: item.shape) else {
        throw malformed("no tensor can have the shape of '\(name)'")
      }
      if let width = ElementFormat.width(of: item.type), end - begin != count.multipliedFullWidth(by: width) {
        throw malformed("'\(name)' of \(spelled(item.shape)) \(item.type) has \(end - begin) bytes")
      }
      entries[name] = Entry(type: item.type, shape: item.shape, range: start + begin..<start + end)
    }
    try Self.checkCover(of: start..<file.count, by: entries, malformed)
    self.entries = entries
  }

  /// Makes sure that each byte of data belongs to one tensor.
  private static func checkCover(
    of data: Range<Int>, by entries: [String: Entry], _ malformed: (String) -> NetworkError
  ) throws(NetworkError) {
    var place = data.lowerBound
    let sorted = entries.sorted {
      ($0.value.range.lowerBound, $0.value.range.upperBound, $0.key)
        < ($1.value.range.lowerBound, $1.value.range.upperBound, $1.key)
    }
    for (name, entry) in sorted {
      guard entry.range.lowerBound >= place else { throw malformed("the data of '\(name)' overlaps another tensor's") }
      guard entry.range.lowerBound == place else {
        throw malformed("\(entry.range.lowerBound - place) bytes before '\(name)' belong to no tensor")
      }
      place = entry.range.upperBound
    }
    guard place == data.upperBound else {
      throw malformed("its last \(data.upperBound - place) bytes belong to no tensor")
    }
  }

  private static func elementCount(of shape: [Int]) -> Int? {
    var count = 1
    for extent in shape {
      let (product, overflows) = count.multipliedReportingOverflow(by: extent)
      guard extent >= 0, !overflows else { return nil }
      count = product
    }
    return count
  }

  /// What the file is instead, where its first bytes tell.
  private static func likeness(of file: UnsafeRawBufferPointer) -> String? {
    let known: [(String, [UInt8])] = [
      ("it is a PyTorch checkpoint or another zip archive", [0x50, 0x4B, 0x03, 0x04]),
      ("it is a Python pickle", [0x80, 0x02]), ("it is an HDF5 file", [0x89, 0x48, 0x44, 0x46]),
      ("it is a Git LFS pointer, not the file itself", Array("version https://git-lfs".utf8)),
      ("it is a web page", Array("<".utf8)),
    ]
    return known.first { file.starts(with: $0.1) }?.0
  }

  private static func reason(_ error: any Error) -> String {
    let path: [any CodingKey] =
      switch error {
      case DecodingError.keyNotFound(let key, let context): context.codingPath + [key]
      case DecodingError.typeMismatch(_, let context), DecodingError.valueNotFound(_, let context),
        DecodingError.dataCorrupted(let context):
        context.codingPath
      default: []
      }
    guard let name = path.first?.stringValue else { return "its header is no list of tensors in JSON" }
    return "its header does not describe '\(name)' as a tensor"
  }
}

extension Int {
  /// The product, or −1 where it is too large for any file.
  fileprivate func multipliedFullWidth(by width: Int) -> Int {
    let (product, overflows) = multipliedReportingOverflow(by: width)
    return overflows ? -1 : product
  }
}

/// The header's JSON: an object whose values are tensors, but for one of strings.
private struct Contents: Decodable {
  var items: [String: Item] = [:]

  struct Item: Decodable {
    let type: String
    let shape: [Int]
    let offsets: [Int]

    enum CodingKeys: String, CodingKey {
      case type = "dtype"
      case shape
      case offsets = "data_offsets"
    }
  }

  private struct Name: CodingKey {
    let stringValue: String
    var intValue: Int? { nil }
    init(stringValue: String) { self.stringValue = stringValue }
    init?(intValue: Int) { nil }
  }

  init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: Name.self)
    for key in container.allKeys {
      if key.stringValue == "__metadata__" {
        _ = try container.decode([String: String].self, forKey: key)
      } else {
        items[key.stringValue] = try container.decode(Item.self, forKey: key)
      }
    }
  }
}
