import Foundation

/// Writes pickles and the archives of `torch.save` byte by byte, sound or not.
struct PickleWriter {
  private(set) var bytes: [UInt8] = [0x80, 2]

  init() {}

  mutating func raw(_ more: [UInt8]) { bytes += more }
  mutating func text(_ text: String) { bytes += [0x58] + Self.number(text.utf8.count, bytes: 4) + text.utf8 }
  mutating func integer(_ number: Int) { bytes += [0x4A] + Self.number(number, bytes: 4) }
  mutating func long(_ number: Int) { bytes += [0x8A, 8] + Self.number(number, bytes: 8) }
  mutating func global(_ module: String, _ name: String) { bytes += Array("c\(module)\n\(name)\n".utf8) }

  /// A tuple of whole numbers.
  mutating func tuple(_ numbers: [Int]) {
    bytes.append(0x28)
    for number in numbers { long(number) }
    bytes.append(0x74)
  }

  /// A tensor over a storage, as PyTorch describes it.
  mutating func tensor(
    _ key: String, _ storage: String = "FloatStorage", count: Int, offset: Int = 0, shape: [Int], strides: [Int],
    bit: String? = nil
  ) {
    global("torch._utils", "_rebuild_tensor_v2")
    bytes += [0x28, 0x28]
    text("storage")
    global("torch", storage)
    text(key)
    text("cpu")
    long(count)
    bytes += [0x74, 0x51]
    long(offset)
    tuple(shape)
    tuple(strides)
    bytes.append(0x89)
    global("collections", "OrderedDict")
    bytes += [0x29, 0x52]
    if let bit {
      // What PyTorch turns only when it is computed with, as {"neg": True}.
      bytes += [0x7D, 0x28]
      text(bit)
      bytes += [0x88, 0x75]
    }
    bytes += [0x74, 0x52]
  }

  /// A dictionary whose parts `body` writes, each a key and a value; then the end.
  static func dictionary(_ body: (inout PickleWriter) -> Void) -> [UInt8] {
    var writer = PickleWriter()
    writer.raw([0x7D, 0x28])
    body(&writer)
    writer.raw([0x75, 0x2E])
    return writer.bytes
  }

  static func number(_ number: Int, bytes: Int) -> [UInt8] {
    (0..<bytes).map { UInt8(truncatingIfNeeded: number >> (8 * $0)) }
  }

  /// A zip archive of members that are stored as they are.
  static func archive(_ members: [(name: String, bytes: [UInt8])], method: Int = 0) -> [UInt8] {
    var data: [UInt8] = [], directory: [UInt8] = []
    for (name, bytes) in members {
      let sizes = number(0, bytes: 4) + number(bytes.count, bytes: 4) + number(bytes.count, bytes: 4)
      let head = number(0, bytes: 2) + number(method, bytes: 2) + number(0, bytes: 4) + sizes
      directory +=
        [0x50, 0x4B, 1, 2] + number(20, bytes: 2) + number(20, bytes: 2) + head + number(name.utf8.count, bytes: 2)
        + number(0, bytes: 12) + number(data.count, bytes: 4) + name.utf8
      data +=
        [0x50, 0x4B, 3, 4] + number(20, bytes: 2) + head + number(name.utf8.count, bytes: 2) + number(0, bytes: 2)
      data += Array(name.utf8) + bytes
    }
    let end =
      [0x50, 0x4B, 5, 6] + number(0, bytes: 4) + number(members.count, bytes: 2) + number(members.count, bytes: 2)
      + number(directory.count, bytes: 4) + number(data.count, bytes: 4) + number(0, bytes: 2)
    return data + directory + end
  }

  /// What `torch.save` writes today: a pickle, and a member for each storage.
  static func checkpoint(_ pickle: [UInt8], storages: [String: [UInt8]], byteOrder: String = "little") -> [UInt8] {
    archive(
      [("net/data.pkl", pickle), ("net/byteorder", Array(byteOrder.utf8))]
        + storages.sorted { $0.key < $1.key }.map { ("net/data/\($0.key)", $0.value) })
  }

  /// What it wrote before version 1.6: pickles in a row, then the numbers.
  static func legacy(_ pickle: [UInt8], storages: [(key: String, width: Int, bytes: [UInt8])]) -> [UInt8] {
    let magic: [UInt8] = [0x80, 2, 0x8A, 10, 0x6C, 0xFC, 0x9C, 0x46, 0xF9, 0x20, 0x6A, 0xA8, 0x50, 0x19, 0x2E]
    let version: [UInt8] = [0x80, 2, 0x4D, 0xE9, 3, 0x2E]
    let system = dictionary { writer in
      writer.text("little_endian")
      writer.raw([0x88])
    }
    var keys = PickleWriter()
    keys.raw([0x5D, 0x28])
    for storage in storages { keys.text(storage.key) }
    keys.raw([0x65, 0x2E])
    return magic + version + system + pickle + keys.bytes
      + storages.flatMap { number($0.bytes.count / $0.width, bytes: 8) + $0.bytes }
  }

  static func bytes(_ numbers: [Float]) -> [UInt8] {
    numbers.flatMap { number(Int($0.bitPattern), bytes: 4) }
  }
}
