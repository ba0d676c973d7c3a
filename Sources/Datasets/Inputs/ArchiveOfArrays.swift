import CZip
import Explaining
import Images

/// The arrays of a `.npz`, in the order of their names; stacks among them row by row.
///
/// One array is in memory at a time.
final class ArchiveOfArrays: EntryStream {
  private let path: String
  private let archive: OpaquePointer
  private var ahead: [String]
  private var current: (any EntryStream)?

  init(_ path: String) throws {
    try InputFile.check(path, as: "archive")
    var code: Int32 = 0
    guard let archive = zip_open(path, Int32(ZIP_RDONLY), &code) else {
      throw ImageError.corrupt(name: path, reason: "it is no zip archive")
    }
    (self.path, self.archive) = (path, archive)
    let count = zip_get_num_entries(archive, 0)
    ahead = (0..<UInt64(max(count, 0))).compactMap { zip_get_name(archive, $0, 0).map { String(cString: $0) } }
      .filter { $0.hasSuffix(".npy") }.sorted(by: >)
  }

  deinit { zip_discard(archive) }

  func next() throws -> DatasetEntry? {
    while true {
      if let entry = try current?.next() { return entry }
      guard let member = ahead.popLast() else { return nil }
      let name = "\(path)/\(member.dropLast(4))"
      do {
        let bytes = try bytes(of: member)
        if let stack = try NumPyStack(bytes, named: name) {
          current = StackRows(stack)
        } else {
          // The ending says that it is an array.
          current = OneEntry(DatasetEntry(name: "\(path)/\(member)", place: .bytes(bytes)))
        }
      } catch {
        current = OneEntry(DatasetEntry(name: name, place: .unusable(ExplainingError(error).description)))
      }
    }
  }

  private func bytes(of member: String) throws -> [UInt8] {
    var entry = zip_stat_t()
    guard zip_stat(archive, member, 0, &entry) == 0, entry.size <= 1 << 34,
      // What unpacks a thousandfold is made to fill memory.
      entry.size < 1 << 26 || entry.size / 1000 <= entry.comp_size, let file = zip_fopen(archive, member, 0)
    else { throw ImageError.corrupt(name: path, reason: "'\(member)' cannot be unpacked") }
    defer { zip_fclose(file) }
    let count = Int(entry.size)
    let bytes = [UInt8](unsafeUninitializedCapacity: count) { buffer, done in
      done = 0
      while done < count {
        let read = zip_fread(file, buffer.baseAddress! + done, zip_uint64_t(count - done))
        if read <= 0 { break }
        done += Int(read)
      }
    }
    guard bytes.count == count else { throw ImageError.corrupt(name: path, reason: "'\(member)' cannot be unpacked") }
    return bytes
  }
}
