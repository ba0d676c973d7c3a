import CZip
package import Foundation

/// A zip archive in memory, of which members are read by name; nothing is ever written to disk.
package struct ZipArchive: ~Copyable {
  private let archive: OpaquePointer

  /// `nil` where it is no zip archive, or its directory is damaged.
  ///
  /// - Parameter bytes: the archive, which must outlive this value.
  package init?(_ bytes: UnsafeRawBufferPointer) {
    guard let source = zip_source_buffer_create(bytes.baseAddress, zip_uint64_t(bytes.count), 0, nil) else {
      return nil
    }
    guard let archive = zip_open_from_source(source, Int32(ZIP_RDONLY), nil) else {
      zip_source_free(source)
      return nil
    }
    self.archive = archive
  }

  deinit { zip_discard(archive) }

  /// The names of the members, in the archive's order.
  package var names: [String] {
    (0..<max(0, zip_get_num_entries(archive, 0))).compactMap { index in
      zip_get_name(archive, zip_uint64_t(index), 0).map { String(cString: $0) }
    }
  }

  /// Whether there is a member of this name.
  package func contains(_ name: String) -> Bool { zip_name_locate(archive, name, 0) >= 0 }

  /// Why a member cannot be read.
  package struct Failure: Error {
    /// What is wrong with it, as a sentence without its full stop.
    package let reason: String
    init(_ reason: String) { self.reason = reason }
  }

  /// The bytes of a member, its checksum verified; `nil` where there is none of this name.
  package func member(_ name: String) throws(Failure) -> MemberBytes? {
    let index = zip_name_locate(archive, name, 0)
    guard index >= 0 else { return nil }
    var entry = zip_stat_t()
    guard zip_stat_index(archive, zip_uint64_t(index), 0, &entry) == 0 else { throw Failure("'\(name)' has no entry") }
    guard entry.size <= 1 << 36, entry.encryption_method == 0 else { throw Failure("'\(name)' cannot be unpacked") }
    // Weights hardly compress; what unpacks a hundredfold is made to fill memory.
    guard entry.size < 1 << 26 || entry.size / 100 <= entry.comp_size else {
      throw Failure("'\(name)' would unpack to \(entry.size) bytes")
    }
    guard let file = zip_fopen_index(archive, zip_uint64_t(index), 0) else {
      throw Failure("'\(name)' cannot be opened")
    }
    defer { zip_fclose(file) }
    let bytes = MemberBytes(count: Int(entry.size))
    var done = 0
    while done < bytes.count {
      let read = zip_fread(file, bytes.pointer + done, zip_uint64_t(bytes.count - done))
      guard read > 0 else { throw Failure("'\(name)' cannot be unpacked") }
      done += Int(read)
    }
    // The checksum is compared when the end is read.
    var beyond: UInt8 = 0
    guard zip_fread(file, &beyond, 1) == 0 else { throw Failure("'\(name)' fails its checksum") }
    return bytes
  }
}

/// The unpacked bytes of a member.
package final class MemberBytes {
  let pointer: UnsafeMutableRawPointer
  /// How many they are.
  package let count: Int

  init(count: Int) {
    self.count = count
    // Aligned as HDF5 and its conversions like it.
    pointer = .allocate(byteCount: max(count, 1), alignment: 64)
  }

  deinit { pointer.deallocate() }

  /// The bytes, as long as this lives.
  package var buffer: UnsafeRawBufferPointer { UnsafeRawBufferPointer(start: pointer, count: count) }
  /// A copy of them.
  package var data: Data { Data(buffer) }
}
