public import Kernels

/// The weights in a `.safetensors` file, mapped rather than read: a tensor costs nothing until it is computed with.
public struct SafetensorsFile: WeightSource, Sendable {
  public let label: String
  public let shapes: [String: [Int]]
  private let entries: [String: SafetensorsHeader.Entry]
  private let file: MappedFile

  /// Opens a file and checks its table of contents.
  ///
  /// - Throws: ``NetworkError/missingFile(_:)``, ``NetworkError/unreadableFile(_:reason:)``,
  ///   ``NetworkError/malformedFile(_:reason:)``.
  public init(_ path: String) throws {
    file = try MappedFile(path)
    entries = try SafetensorsHeader(of: file.bytes, path: path).entries
    shapes = entries.mapValues(\.shape)
    label = "the weights in '\(path)'"
  }

  /// A tensor in single precision: the file's own memory where it is stored so, else a converted copy.
  public func array(named name: String) throws -> NDArray {
    guard let entry = entries[name] else { throw NetworkError.noSuchTensor(name, in: label) }
    guard let format = ElementFormat(rawValue: entry.type) else {
      throw NetworkError.unsupportedElementType(tensor: name, type: entry.type)
    }
    let bytes = UnsafeRawBufferPointer(rebasing: file.bytes[entry.range])
    if format == .float32, let start = bytes.baseAddress, Int(bitPattern: start) % MemoryLayout<Float>.alignment == 0 {
      return NDArray(
        storage: Storage(borrowing: start, count: bytes.count / MemoryLayout<Float>.size, owner: file),
        shape: entry.shape)
    }
    return withExtendedLifetime(file) { NDArray(format.scalars(of: bytes), shape: entry.shape) }
  }
}
