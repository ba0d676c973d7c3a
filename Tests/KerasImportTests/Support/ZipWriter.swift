import Foundation

/// Writes zip archives whose members are stored as they are, as Keras does.
struct ZipWriter {
  private(set) var body = Data()
  private var directory = Data()
  private var count: UInt16 = 0

  mutating func add(_ name: String, _ contents: Data, declaredSize: UInt32? = nil) {
    let offset = UInt32(body.count)
    var header = Data()
    let size = declaredSize ?? UInt32(contents.count)
    // Version, flags, method (0: stored), time, date.
    for field in [20, 0, 0, 0, 0x21] as [UInt16] { header.append(littleEndian: field) }
    for field in [crc32(contents), UInt32(contents.count), size] { header.append(littleEndian: field) }
    header.append(littleEndian: UInt16(name.utf8.count))
    header.append(littleEndian: UInt16(0))
    body.append(littleEndian: UInt32(0x0403_4B50))
    body += header + Data(name.utf8) + contents
    directory.append(littleEndian: UInt32(0x0201_4B50))
    directory.append(littleEndian: UInt16(20))
    directory += header
    for field in [0, 0, 0] as [UInt16] { directory.append(littleEndian: field) }
    for field in [0, offset] { directory.append(littleEndian: field) }
    directory += Data(name.utf8)
    count += 1
  }

  var archive: Data {
    var end = Data()
    end.append(littleEndian: UInt32(0x0605_4B50))
    for field in [0, 0, count, count] { end.append(littleEndian: field) }
    for field in [UInt32(directory.count), UInt32(body.count)] { end.append(littleEndian: field) }
    end.append(littleEndian: UInt16(0))
    return body + directory + end
  }

  private func crc32(_ data: Data) -> UInt32 {
    let polynomial: UInt32 = 0xEDB8_8320
    var crc = UInt32.max
    for byte in data {
      crc ^= UInt32(byte)
      for _ in 0..<8 { crc = (crc >> 1) ^ (crc & 1 == 0 ? 0 : polynomial) }
    }
    return ~crc
  }
}

extension Data {
  fileprivate mutating func append<N: FixedWidthInteger>(littleEndian number: N) {
    Swift.withUnsafeBytes(of: number.littleEndian) { append(contentsOf: $0) }
  }
}
