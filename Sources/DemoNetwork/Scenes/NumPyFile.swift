import Foundation

/// A NumPy array file of bytes, written piece by piece so that a large archive never lies in memory whole.
///
/// The format is NumPy's `.npy`, version 1.0: a magic number, a Python literal that gives type and shape, then the
/// elements in row-major order.
struct NumPyFile {
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
    let sizes = shape.map { "\($0), " }.joined()
    var text = "{'descr': '\(type)', 'fortran_order': False, 'shape': (\(sizes)), }"
    // The elements begin at a multiple of 64 bytes: ten bytes of preamble, the text, spaces, one line feed.
    text += String(repeating: " ", count: 63 - (10 + text.utf8.count) % 64) + "\n"
    let length = UInt16(text.utf8.count)
    let preamble: [UInt8] = [0x93] + Array("NUMPY".utf8) + [1, 0, UInt8(length & 255), UInt8(length >> 8)]
    try handle.write(contentsOf: Data(preamble + Array(text.utf8)))
  }

  func append(_ bytes: [UInt8]) throws { try handle.write(contentsOf: Data(bytes)) }

  func close() throws { try handle.close() }
}
