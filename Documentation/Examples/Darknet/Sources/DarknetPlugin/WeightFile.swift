import AttributionKit

/// The numbers of a `.weights` file, in the order in which the layers take them.
struct WeightFile {
  /// Whether the rows of connected layers were written as columns, as by very old versions.
  let isTransposed: Bool
  private let bytes: [UInt8]
  private var position: Int

  /// - Throws: A `Refusal` for a file without a header.
  init(_ bytes: [UInt8]) throws {
    guard bytes.count >= 12 else { throw Refusal("the file of weights ends within its header") }
    self.bytes = bytes
    let (major, minor) = (Self.word(bytes, 0), Self.word(bytes, 4))
    isTransposed = major > 1000 || minor > 1000
    // Version 0.2 made the count of images seen, which follows the revision, 64 bits wide.
    let isLong = UInt64(major) * 10 + UInt64(minor) >= 2 && !isTransposed
    position = 12 + (isLong ? 8 : 4)
  }

  /// How many numbers are left.
  var remaining: Int { max(0, bytes.count - position) / 4 }

  /// The next `count` numbers.
  ///
  /// - Throws: A `Refusal` that names the layer where the file is too short.
  mutating func next(_ count: Int, for layer: String) throws -> [Float] {
    guard count <= remaining else {
      throw Refusal(
        "the file of weights ends within \(layer), which takes \(count) more numbers where \(remaining) are left; "
          + "does it belong to this configuration?")
    }
    let start = position
    position += 4 * count
    return (0..<count).map { Float(bitPattern: Self.word(bytes, start + 4 * $0)) }
  }

  /// The little-endian word at `offset`.
  private static func word(_ bytes: [UInt8], _ offset: Int) -> UInt32 {
    (0..<4).reduce(0) { $0 | UInt32(bytes[offset + $1]) << (8 * UInt32($1)) }
  }
}
