import Foundation
import Images

/// A NumPy array file of bytes, written piece by piece so that a large archive never lies in memory whole.
struct NumPyStream {
  private let handle: FileHandle

  /// Creates the file and writes its header.
  ///
  /// - Parameters:
  ///   - url: where it goes; an older file there is replaced.
  ///   - type: the element type as NumPy writes it: `|u1` for unsigned bytes, `|i1` for signed ones.
  ///   - shape: the number of elements along each axis, the slowest first.
  /// - Throws: where the file cannot be created.
  init(creating url: URL, type: String, shape: [Int]) throws {
    try Data().write(to: url)
    handle = try FileHandle(forWritingTo: url)
    try append(NumPyFile.header(shape: shape, type: type))
  }

  func append(_ bytes: [UInt8]) throws { try handle.write(contentsOf: Data(bytes)) }

  func close() throws { try handle.close() }
}
