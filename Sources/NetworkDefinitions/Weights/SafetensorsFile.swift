/// The weights in a `.safetensors` file, mapped rather than read: a tensor costs nothing until it is computed with.
public struct SafetensorsFile: TensorFile, Sendable {
  public let label: String
  /// The tensors by name.
  public let tensors: [String: FileTensor]

  /// Opens a file and checks its table of contents.
  ///
  /// - Throws: ``NetworkError/missingFile(_:)``, ``NetworkError/unreadableFile(_:reason:)``,
  ///   ``NetworkError/malformedFile(_:reason:)``.
  public init(_ path: String) throws {
    let file = try MappedFile(path)
    tensors = try SafetensorsHeader(of: file.bytes, path: path).entries.mapValues { entry in
      FileTensor(in: file, at: entry.range.lowerBound, type: entry.type, shape: entry.shape)
    }
    label = "the weights in '\(path)'"
  }
}
