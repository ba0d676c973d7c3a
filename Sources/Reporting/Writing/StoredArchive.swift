import CZip
import Explaining

/// A zip archive whose entries are not compressed, as NumPy writes one.
enum StoredArchive {
  /// The bytes of an archive; the same entries make the same bytes.
  ///
  /// - Parameter entries: the files in it, in their order; of two of one name the later is numbered.
  /// - Returns: The bytes of the whole archive.
  /// - Throws: ``ExplainingError`` where libzip cannot make it.
  static func data(of entries: [(name: String, bytes: [UInt8])]) throws(ExplainingError) -> [UInt8] {
    guard let source = zip_source_buffer_create(nil, 0, 0, nil) else { throw failure }
    defer { zip_source_free(source) }
    zip_source_keep(source)
    guard let archive = zip_open_from_source(source, ZIP_TRUNCATE, nil) else {
      zip_source_free(source)
      throw failure
    }
    // libzip reads what is added when the archive is closed, and frees it then.
    var isWhole = true
    for (name, bytes) in numbered(entries) {
      let copy = UnsafeMutableRawBufferPointer.allocate(byteCount: max(1, bytes.count), alignment: 1)
      copy.copyBytes(from: bytes)
      guard let contents = zip_source_buffer(archive, copy.baseAddress, zip_uint64_t(bytes.count), 0) else {
        copy.deallocate()
        isWhole = false
        break
      }
      let index = zip_file_add(archive, name, contents, zip_flags_t(ZIP_FL_ENC_UTF_8))
      guard index >= 0, zip_set_file_compression(archive, zip_uint64_t(index), ZIP_CM_STORE, 0) == 0,
        // 1 January 1980, the first day there is: an archive tells nothing of when it was made.
        zip_file_set_dostime(archive, zip_uint64_t(index), 0, 33, 0) == 0
      else {
        isWhole = false
        break
      }
    }
    guard isWhole, zip_close(archive) == 0 else {
      zip_discard(archive)
      throw failure
    }
    return try bytes(of: source)
  }

  private static func bytes(of source: OpaquePointer) throws(ExplainingError) -> [UInt8] {
    var status = zip_stat_t()
    guard zip_source_stat(source, &status) == 0, zip_source_open(source) == 0 else { throw failure }
    defer { zip_source_close(source) }
    var bytes = [UInt8](repeating: 0, count: Int(status.size))
    guard zip_source_read(source, &bytes, status.size) == zip_int64_t(status.size) else { throw failure }
    return bytes
  }

  /// The entries under names that are all different.
  private static func numbered(_ entries: [(name: String, bytes: [UInt8])]) -> [(name: String, bytes: [UInt8])] {
    var taken: [String: Int] = [:]
    return entries.map { name, bytes in
      taken[name, default: 0] += 1
      let number = taken[name] ?? 1
      guard number > 1, let dot = name.lastIndex(of: ".") else { return (name, bytes) }
      return ("\(name[..<dot]) (\(number))\(name[dot...])", bytes)
    }
  }

  private static var failure: ExplainingError {
    ExplainingError(.data, "the archive could not be made: it may be too large for the memory there is")
  }
}
