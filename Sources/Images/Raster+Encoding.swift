internal import CJPEG
internal import CPNG

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

extension Raster {
  /// The picture as a PNG file; the same pixels give the same bytes, on any number of processors.
  ///
  /// - Parameter workers: how many processors compress at once.
  /// - Returns: A whole file.
  /// - Throws: `ImageError.outOfMemory`, or `.tooLarge` beyond 2³¹ − 1 pixels a side.
  public func pngData(workers: Workers = .all) throws(ImageError) -> [UInt8] {
    guard let (width, height) = encodableExtent else {
      throw .tooLarge(name: "the picture", width: width, height: height, limit: nil)
    }
    // Bands of about half a mebibyte, whatever the number of processors: it must not show in the bytes.
    let rows = UInt32(clamping: max(16, (1 << 19) / (3 * Int(width) + 1)))
    let bands = workers.map((Int(height) + Int(rows) - 1) / Int(rows)) { index in
      let first = UInt32(index) * rows
      return Band(band: limn_png_compress(samples, width, height, first, min(rows, height - first)))
    }.map(\.band)
    defer { for band in bands { free(band.bytes) } }
    guard bands.allSatisfy({ $0.bytes != nil }) else { throw .outOfMemory(name: "the picture") }
    let result = limn_png_assemble(bands, bands.count, width, height)
    defer { free(result.bytes) }
    guard result.status == LIMN_PNG_OK else { throw .outOfMemory(name: "the picture") }
    return Array(UnsafeBufferPointer(start: result.bytes, count: result.count))
  }

  /// The picture as a JPEG file without chroma subsampling; the same pixels give the same bytes.
  ///
  /// Quality goes from 1 (small) to 100 (faithful).
  /// - Throws: `ImageError.outOfMemory`, or `.tooLarge` beyond 65 500 pixels a side, the format's limit.
  public func jpegData(quality: Int = 92) throws(ImageError) -> [UInt8] {
    guard let (width, height) = encodableExtent, max(width, height) <= 65_500 else {
      throw .tooLarge(name: "the picture", width: width, height: height, limit: nil)
    }
    let result = limn_jpeg_encode(samples, width, height, Int32(min(max(quality, 1), 100)))
    defer { free(result.bytes) }
    guard result.status == LIMN_JPEG_OK else { throw .outOfMemory(name: "the picture") }
    return Array(UnsafeBufferPointer(start: result.bytes, count: result.count))
  }

  private var encodableExtent: (UInt32, UInt32)? {
    guard let width = UInt32(exactly: width), let height = UInt32(exactly: height), max(width, height) < 1 << 31 else {
      return nil
    }
    return (width, height)
  }
}

/// A part of a file that is being made; its bytes are referred to from nowhere else.
private struct Band: @unchecked Sendable {
  let band: limn_png_band
}
