import Foundation
import Kernels

/// The bytes of a file, mapped into memory rather than read: weights are looked up where the system keeps the file.
///
/// A file must not be cut short while it is in use.
final class FileContents: @unchecked Sendable {
  let bytes: UnsafeRawBufferPointer
  private let isMapped: Bool

  /// - Throws: A reason, where the file cannot be opened or read.
  init(of path: String) throws {
    let file = open(path, O_RDONLY | O_CLOEXEC)
    guard file >= 0 else { throw CocoaError(.fileReadNoPermission) }
    defer { close(file) }
    var status = stat()
    if fstat(file, &status) == 0, status.st_mode & S_IFMT == S_IFREG, status.st_size > 0,
      let mapping = mmap(nil, Int(status.st_size), PROT_READ, MAP_PRIVATE, file, 0), mapping != MAP_FAILED
    {
      bytes = UnsafeRawBufferPointer(start: mapping, count: Int(status.st_size))
      isMapped = true
    } else {
      // Pipes and devices have no size and cannot be mapped.
      bytes = Self.copy(of: try Data(contentsOf: URL(fileURLWithPath: path)))
      isMapped = false
    }
  }

  /// A copy of bytes at hand.
  init(_ data: Data) {
    bytes = Self.copy(of: data)
    isMapped = false
  }

  private static func copy(of data: Data) -> UnsafeRawBufferPointer {
    let copy = UnsafeMutableRawBufferPointer.allocate(byteCount: max(data.count, 1), alignment: 16)
    data.withUnsafeBytes { copy.copyMemory(from: $0) }
    return UnsafeRawBufferPointer(start: copy.baseAddress, count: data.count)
  }

  /// The file's own pages of these bytes need not be in memory for now.
  func discard(_ range: Range<Int>) {
    guard isMapped, let base = bytes.baseAddress else { return }
    discardWholePages(UnsafeMutableRawPointer(mutating: base + range.lowerBound), range.count)
  }

  deinit {
    guard let base = bytes.baseAddress else { return }
    if isMapped { munmap(UnsafeMutableRawPointer(mutating: base), bytes.count) } else { base.deallocate() }
  }
}

/// Bytes of a file that hold one tensor.
struct FilePart: Sendable {
  let file: FileContents
  let range: Range<Int>

  var bytes: UnsafeRawBufferPointer { UnsafeRawBufferPointer(rebasing: file.bytes[range]) }
}

/// Weights in a file, little-endian `float32`.
struct FileWeights: ScalarSource {
  let part: FilePart

  var scalars: UnsafePointer<Float>? {
    #if _endian(little)
      // Protocol buffers do not align what they hold, so that one tensor in four can be read in place.
      guard let base = part.bytes.baseAddress, Int(bitPattern: base) % MemoryLayout<Float>.alignment == 0 else {
        return nil
      }
      return base.assumingMemoryBound(to: Float.self)
    #else
      return nil
    #endif
  }

  func copy(_ range: Range<Int>, to target: UnsafeMutablePointer<Float>) {
    let bytes = UnsafeRawBufferPointer(rebasing: part.bytes[4 * range.lowerBound..<4 * range.upperBound])
    UnsafeMutableRawBufferPointer(start: target, count: bytes.count).copyMemory(from: bytes)
    #if _endian(big)
      for index in 0..<range.count { target[index] = Float(bitPattern: target[index].bitPattern.byteSwapped) }
    #endif
  }

  func rest() { part.file.discard(part.range) }
}
