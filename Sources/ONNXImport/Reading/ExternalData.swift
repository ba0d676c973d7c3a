import Foundation
import Synchronization

/// The files beside a model in which large tensors are kept.
final class ExternalData: Sendable {
  /// The model's own folder; nothing outside it is opened.
  private let folder: URL
  /// The files opened so far: most tensors share one.
  private let files = Mutex<[String: FileContents]>([:])

  init(folder: URL) { self.folder = folder }

  /// The `count` bytes of a tensor, mapped rather than read.
  ///
  /// - Throws: ``ONNXError/missingExternalData(tensor:file:)``, ``ONNXError/invalidExternalData(tensor:reason:)``.
  func part(of tensor: Limn_Onnx_TensorProto, count: Int) throws(ONNXError) -> FilePart {
    var entries: [String: String] = [:]
    for entry in tensor.externalData { entries[entry.key] = entry.value }
    guard let location = entries["location"], !location.isEmpty else {
      throw .invalidExternalData(tensor: tensor.name, reason: "the model does not say in which file")
    }
    let file = folder.appendingPathComponent(location).standardizedFileURL.resolvingSymlinksInPath()
    let home = folder.standardizedFileURL.resolvingSymlinksInPath().path
    guard !location.hasPrefix("/"), file.path.hasPrefix(home.hasSuffix("/") ? home : home + "/") else {
      throw .invalidExternalData(tensor: tensor.name, reason: "'\(location)' lies outside the model's folder")
    }
    guard FileManager.default.fileExists(atPath: file.path) else {
      throw .missingExternalData(tensor: tensor.name, file: location)
    }
    guard let contents = opened(file.path) else {
      throw .invalidExternalData(tensor: tensor.name, reason: "'\(location)' cannot be opened")
    }
    let offset = try number("offset", in: entries, of: tensor) ?? 0
    let length = try number("length", in: entries, of: tensor) ?? count
    guard length == count else {
      let reason = "its shape needs \(count) bytes, and the model promises \(length)"
      throw .invalidExternalData(tensor: tensor.name, reason: reason)
    }
    let size = contents.bytes.count
    guard offset <= size, length <= size - offset else {
      let reason = "'\(location)' has \(size) bytes, too few for \(length) from byte \(offset)"
      throw .invalidExternalData(tensor: tensor.name, reason: reason)
    }
    return FilePart(file: contents, range: offset..<offset + length)
  }

  private func opened(_ path: String) -> FileContents? {
    files.withLock { files in
      if let known = files[path] { return known }
      let contents = try? FileContents(of: path)
      files[path] = contents
      return contents
    }
  }

  private func number(
    _ key: String, in entries: [String: String], of tensor: Limn_Onnx_TensorProto
  ) throws(ONNXError) -> Int? {
    guard let text = entries[key] else { return nil }
    guard let number = Int(text), number >= 0 else {
      throw .invalidExternalData(tensor: tensor.name, reason: "'\(text)' is no \(key)")
    }
    return number
  }
}
