internal import CPNG

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// A picture of grey levels of 8 or 16 bits: a mask, or a map in numbers that other programs read.
public struct GrayRaster: Hashable, Sendable {
  /// The extent in pixels.
  public let width: Int, height: Int
  /// 8 or 16.
  public let bits: Int
  /// Row-major, top row first, the more significant byte of two first.
  private let samples: [UInt8]

  /// White where a mask is true, black elsewhere.
  public init(mask: [Bool], width: Int, height: Int) {
    precondition(mask.count == width * height, "\(mask.count) pixels cannot fill \(width) × \(height)")
    (self.width, self.height, bits) = (width, height, 8)
    samples = mask.map { $0 ? 255 : 0 }
  }

  /// Levels from 0 to 1 as 0 to 65 535; what lies beyond counts as the nearer end.
  public init(levels: [Float], width: Int, height: Int) {
    precondition(levels.count == width * height, "\(levels.count) pixels cannot fill \(width) × \(height)")
    (self.width, self.height, bits) = (width, height, 16)
    samples = levels.flatMap { value -> [UInt8] in
      let level = UInt16((min(max(value.isFinite ? value : 0, 0), 1) * 65_535).rounded())
      return [UInt8(level >> 8), UInt8(level & 255)]
    }
  }

  /// The picture as a PNG file; the same levels give the same bytes.
  ///
  /// - Throws: `ImageError.outOfMemory`.
  public func pngData() throws(ImageError) -> [UInt8] {
    let result = limn_png_encode_gray(samples, UInt32(width), UInt32(height), Int32(bits))
    defer { free(result.bytes) }
    guard result.status == LIMN_PNG_OK else { throw .outOfMemory(name: "the mask") }
    return Array(UnsafeBufferPointer(start: result.bytes, count: result.count))
  }
}
