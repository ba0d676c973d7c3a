internal import CPNG

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// The compression of PNG and zip, for bytes that are no pictures.
package enum Deflate {
  /// The bytes as a zlib stream (RFC 1950), which browsers read by themselves; the same bytes give the same stream.
  ///
  /// - Throws: `ImageError.outOfMemory`.
  package static func stream(of bytes: [UInt8]) throws(ImageError) -> [UInt8] {
    let result = limn_png_deflate(bytes, bytes.count)
    guard let start = result.bytes else { throw .outOfMemory(name: "the page") }
    defer { free(start) }
    return Array(UnsafeBufferPointer(start: start, count: result.count))
  }
}
