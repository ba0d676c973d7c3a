import CZip

/// Files compressed with gzip.
enum Gzip {
  /// Whether bytes begin as gzip's do.
  static func marks(_ bytes: [UInt8]) -> Bool { bytes.count > 18 && bytes[0] == 0x1f && bytes[1] == 0x8b }

  /// What was compressed, at most `limit` bytes of it.
  static func expanded(_ bytes: [UInt8], named name: String, limit: Int) throws(ImageError) -> [UInt8] {
    var stream = z_stream()
    // 15 bits of window, and 16 for gzip's own header.
    guard inflateInit2_(&stream, 15 + 16, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size)) == Z_OK else {
      throw .outOfMemory(name: name)
    }
    defer { inflateEnd(&stream) }
    var (result, chunk) = ([UInt8](), [UInt8](repeating: 0, count: 1 << 18))
    var (source, status) = (bytes, Z_OK)
    source.withUnsafeMutableBufferPointer { input in
      stream.next_in = input.baseAddress
      stream.avail_in = uInt(clamping: input.count)
      while status == Z_OK, result.count <= limit {
        let count = chunk.withUnsafeMutableBufferPointer { output in
          stream.next_out = output.baseAddress
          stream.avail_out = uInt(output.count)
          status = inflate(&stream, Z_NO_FLUSH)
          return output.count - Int(stream.avail_out)
        }
        result += chunk[..<count]
      }
    }
    guard result.count <= limit else { throw .corrupt(name: name, reason: "it grows without end when it is unpacked") }
    guard status == Z_STREAM_END else { throw .corrupt(name: name, reason: "its compressed bytes make no sense") }
    return result
  }

  /// Bytes compressed; the same bytes make the same file.
  static func compressed(_ bytes: [UInt8]) -> [UInt8] {
    var stream = z_stream()
    guard
      deflateInit2_(
        &stream, 6, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size))
        == Z_OK
    else { preconditionFailure("zlib takes these settings") }
    defer { deflateEnd(&stream) }
    var result = [UInt8](repeating: 0, count: Int(deflateBound(&stream, uLong(bytes.count))))
    var source = bytes
    let count = source.withUnsafeMutableBufferPointer { input in
      result.withUnsafeMutableBufferPointer { output in
        stream.next_in = input.baseAddress
        stream.avail_in = uInt(clamping: input.count)
        stream.next_out = output.baseAddress
        stream.avail_out = uInt(clamping: output.count)
        precondition(deflate(&stream, Z_FINISH) == Z_STREAM_END, "there is room for all of it")
        return output.count - Int(stream.avail_out)
      }
    }
    return Array(result.prefix(count))
  }
}
