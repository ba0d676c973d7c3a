package import Tensors

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// Many pictures in one array, whose rows are read one by one.
///
/// It is `[count, height, width, 3]` of unsigned bytes for photographs, or `[count, channels, height, width]` of any numbers
/// for inputs of a network.
package struct NumPyStack: Sendable {
  package let name: String
  /// How many rows there are.
  package let count: Int
  /// The shape of one.
  package let rowShape: [Int]
  private let element: Element
  private let storage: Storage

  private enum Storage: Sendable {
    case file(path: String, start: Int)
    case memory([UInt8], start: Int)
  }

  /// What one row holds.
  package enum Row: Sendable {
    case photograph(Raster)
    case array(Tensor)
  }

  /// Whether rows are photographs rather than inputs of a network.
  package var holdsPhotographs: Bool { rowShape.last == 3 && rowShape.count == 3 && element.isByte }

  /// The stack in a file; `nil` where it holds a single picture.
  ///
  /// - Throws: `ImageError` where it is no array that can be read by rows.
  package init?(contentsOf path: String) throws(ImageError) {
    let head = try Self.bytes(of: path, from: 0, count: 1 << 16, atMost: true)
    let (header, start) = try NumPyHeader.parse(head, named: path)
    try self.init(header, named: path, .file(path: path, start: start))
  }

  /// The stack in a file that is in memory; `nil` where it holds a single picture.
  ///
  /// - Throws: `ImageError` where it is no array that can be read by rows.
  package init?(_ bytes: [UInt8], named name: String) throws(ImageError) {
    let (header, start) = try NumPyHeader.parse(bytes, named: name)
    try self.init(header, named: name, .memory(bytes, start: start))
  }

  private init?(_ header: NumPyHeader, named name: String, _ storage: Storage) throws(ImageError) {
    let shape = header.shape
    guard shape.count == 4, shape[0] != 1 || (shape[3] == 3 && header.descr == "|u1") else { return nil }
    guard let element = Element(header.descr) else {
      throw .unsupported(
        name: name, kind: "an array of type \(header.descr)", remedy: "save it as float32, with array.astype('<f4')")
    }
    guard !header.fortranOrder else {
      throw .unsupported(
        name: name, kind: "an array in Fortran order",
        remedy: "save it with numpy.save(file, numpy.ascontiguousarray(a))")
    }
    var bytes = element.size
    for extent in shape.dropFirst() {
      let (product, overflow) = bytes.multipliedReportingOverflow(by: extent)
      guard !overflow, extent > 0 else { throw .corrupt(name: name, reason: "its shape \(shape) is impossible") }
      bytes = product
    }
    (self.name, self.element, self.storage) = (name, element, storage)
    (count, rowShape) = (shape[0], Array(shape.dropFirst()))
  }

  private var rowBytes: Int { rowShape.reduce(element.size, *) }

  /// The bytes of a row as they stand in the file.
  ///
  /// - Throws: `ImageError` where the file ends before them.
  package func bytes(ofRow row: Int) throws(ImageError) -> [UInt8] {
    switch storage {
    case .file(let path, let start):
      return try Self.bytes(of: path, from: start + row * rowBytes, count: rowBytes, atMost: false)
    case .memory(let bytes, let start):
      let first = start + row * rowBytes
      guard first + rowBytes <= bytes.count else {
        throw .corrupt(name: name, reason: "it ends before its \(count) rows do")
      }
      return Array(bytes[first..<first + rowBytes])
    }
  }

  /// A row from its bytes.
  package func row(_ bytes: [UInt8]) -> Row {
    if holdsPhotographs { return .photograph(Raster(width: rowShape[1], height: rowShape[0], samples: bytes)) }
    let scalars = bytes.withUnsafeBytes { buffer in
      (0..<rowShape.reduce(1, *)).map { element.number(in: buffer, at: $0 * element.size) }
    }
    return .array(Tensor(scalars, shape: rowShape))
  }

  /// Some bytes of a file.
  package static func bytes(
    of path: String, from offset: Int, count: Int, atMost: Bool
  ) throws(ImageError) -> [UInt8] {
    let file = open(path, O_RDONLY | O_CLOEXEC)
    guard file >= 0 else {
      throw errno == ENOENT ? .missing(path: path) : .unreadable(path: path, reason: systemReason())
    }
    defer { close(file) }
    var failure: Int32 = 0
    let bytes = [UInt8](unsafeUninitializedCapacity: count) { buffer, done in
      done = 0
      while done < count {
        let read = pread(file, buffer.baseAddress! + done, count - done, off_t(offset + done))
        if read < 0 && errno == EINTR { continue }
        if read < 0 { failure = errno }
        if read <= 0 { break }
        done += read
      }
    }
    guard failure == 0 else { throw .unreadable(path: path, reason: systemReason(failure)) }
    guard atMost || bytes.count == count else { throw .corrupt(name: path, reason: "it ends too early") }
    return bytes
  }
}

extension Element {
  /// Whether it is an unsigned byte.
  var isByte: Bool { kind == .unsigned && size == 1 }
}
