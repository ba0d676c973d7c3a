/// Where the members of a zip archive lie, for archives whose members are stored as they are, as PyTorch's are.
///
/// Only places are read, so that a member is used where it lies in the mapped file.
///
/// Source: PKWARE's APPNOTE 6.3.10, sections 4.3.7, 4.3.12 to 4.3.16.
package struct ZipDirectory {
  /// The bytes of each stored member, by name.
  package private(set) var members: [String: Range<Int>] = [:]
  /// The names of members that are compressed or encrypted.
  private(set) var packed: Set<String> = []

  /// More members than any network has.
  private static let limit = 65_536

  /// - Throws: ``PickleError``, where the directory is damaged.
  package init(_ bytes: UnsafeRawBufferPointer) throws(PickleError) {
    func number(_ offset: Int, _ count: Int) throws(PickleError) -> Int {
      guard offset >= 0, offset <= bytes.count - count else { throw PickleError("has a damaged directory") }
      let value = (0..<count).reversed().reduce(UInt64(0)) { $0 << 8 | UInt64(bytes[offset + $1]) }
      guard value <= UInt64(Int.max) else { throw PickleError("has a damaged directory") }
      return Int(value)
    }
    let tail = max(0, bytes.count - 65_557)
    guard bytes.count >= 22,
      let end = (tail...bytes.count - 22).reversed().first(where: { offset in
        bytes[offset] == 0x50 && bytes[offset + 1] == 0x4B && bytes[offset + 2] == 5 && bytes[offset + 3] == 6
      })
    else { throw PickleError("lacks the directory at its end, as a file does that was cut off") }
    var (count, entry) = (try number(end + 10, 2), try number(end + 16, 4))
    if end >= 20, try number(end - 20, 4) == 0x0706_4B50 {
      let wide = try number(end - 12, 8)
      guard try number(wide, 4) == 0x0606_4B50 else { throw PickleError("has a damaged directory") }
      (count, entry) = (try number(wide + 32, 8), try number(wide + 48, 8))
    }
    guard count <= Self.limit else { throw PickleError("has \(count) members, more than any network") }
    for _ in 0..<count {
      guard try number(entry, 4) == 0x0201_4B50 else { throw PickleError("has a damaged directory") }
      let (flags, method) = (try number(entry + 8, 2), try number(entry + 10, 2))
      var (packedSize, size) = (try number(entry + 20, 4), try number(entry + 24, 4))
      let (nameLength, extraLength) = (try number(entry + 28, 2), try number(entry + 30, 2))
      var place = try number(entry + 42, 4)
      let name = entry + 46, extra = name + nameLength
      guard extra + extraLength <= bytes.count else { throw PickleError("has a damaged directory") }
      // Numbers beyond 32 bits follow in a field of their own, those that are needed, in this order.
      var field = extra
      while field + 4 <= extra + extraLength {
        let (kind, length) = (try number(field, 2), try number(field + 2, 2))
        if kind == 1 {
          var wide = field + 4
          func next() throws(PickleError) -> Int {
            defer { wide += 8 }
            return try number(wide, 8)
          }
          if size == 0xFFFF_FFFF { size = try next() }
          if packedSize == 0xFFFF_FFFF { packedSize = try next() }
          if place == 0xFFFF_FFFF { place = try next() }
        }
        field += 4 + length
      }
      let title = String(decoding: bytes[name..<extra], as: UTF8.self)
      if method == 0, flags & 1 == 0 {
        guard try number(place, 4) == 0x0403_4B50 else { throw PickleError("has a damaged directory") }
        let data = try place + 30 + number(place + 26, 2) + number(place + 28, 2)
        guard data <= bytes.count, size <= bytes.count - data else {
          throw PickleError("ends within '\(title.prefix(60))'")
        }
        members[title] = data..<data + size
      } else {
        packed.insert(title)
      }
      entry += try 46 + nameLength + extraLength + number(entry + 32, 2)
    }
  }
}
