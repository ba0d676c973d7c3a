#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// More than any photograph or array here; devices such as /dev/zero never end.
private let byteLimit = 1 << 31

/// The whole content of a file.
///
/// - Throws: `ImageError.missing`, `.unreadable` or `.empty`.
package func fileBytes(at path: String) throws(ImageError) -> [UInt8] {
  let file = open(path, O_RDONLY | O_CLOEXEC)
  guard file >= 0 else {
    throw errno == ENOENT ? .missing(path: path) : .unreadable(path: path, reason: systemReason())
  }
  defer { close(file) }
  return try fileBytes(from: file, named: path)
}

/// All that comes from an open file.
///
/// - Throws: `ImageError.unreadable` or `.empty`.
func fileBytes(from file: Int32, named path: String) throws(ImageError) -> [UInt8] {
  var status = stat()
  guard fstat(file, &status) == 0 else { throw .unreadable(path: path, reason: systemReason()) }
  if status.st_mode & S_IFMT == S_IFDIR { throw .unreadable(path: path, reason: "it is a folder") }
  // Pipes and devices state no size, and a file may grow: read until the end, whatever was announced.
  var bytes: [UInt8] = []
  bytes.reserveCapacity(min(max(Int(status.st_size), 0), 1 << 30) + 1)
  let chunk = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 18, alignment: 16)
  defer { chunk.deallocate() }
  while true {
    let count = read(file, chunk.baseAddress, chunk.count)
    if count < 0 && errno == EINTR { continue }
    guard count >= 0 else { throw .unreadable(path: path, reason: systemReason()) }
    if count == 0 { break }
    guard bytes.count + count <= byteLimit else { throw .unreadable(path: path, reason: "it is larger than 2 GiB") }
    bytes.append(contentsOf: UnsafeRawBufferPointer(rebasing: chunk[..<count]))
  }
  if bytes.isEmpty { throw .empty(name: path) }
  return bytes
}

/// The system's words for the last failure, in the middle of a sentence.
func systemReason(_ code: Int32 = errno) -> String {
  let words = String(cString: strerror(code))
  return words.prefix(1).lowercased() + words.dropFirst()
}
