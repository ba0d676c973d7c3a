import Archives
public import Foundation
import GraphEngine
import Kernels

/// A network read from an archive of `torch.export`: weights converted once, its graph not yet lowered.
///
/// Read are archives as PyTorch 2.8 and later write them, described by schemas 8, of operators as they were exported or
/// after `run_decompositions()`. Nothing in a file is ever run, and no pickle in it opened.
public struct TorchExportModel: Sendable {
  /// The version of PyTorch that wrote the file, where it says so: `2.13.0`.
  public let version: String
  /// The names of the inputs that are given to the program.
  public var inputs: [String] { program.inputs.compactMap { if case .given(let name) = $0 { name } else { nil } } }

  let program: Program
  let weights: StoredTensors
  let names: LayerNames

  /// Whether these bytes are a zip archive that holds such a program, also one laid out as is not read.
  public static func recognizes(_ bytes: UnsafeRawBufferPointer) -> Bool {
    guard bytes.count > 4, bytes[0] == 0x50, bytes[1] == 0x4B, let archive = ZipArchive(bytes) else { return false }
    return archive.names.contains { name in
      name.hasSuffix("models/model.json") || name.hasSuffix("serialized_exported_program.json")
        || name.hasSuffix("archive_format")
    }
  }

  /// Reads a file.
  ///
  /// - Throws: ``TorchExportError``, with every operator that cannot be lowered.
  public init(contentsOf path: String) throws(TorchExportError) {
    guard FileManager.default.fileExists(atPath: path) else { throw .missingFile(path) }
    let data: Data
    do { data = try Data(contentsOf: URL(fileURLWithPath: path), options: .mappedIfSafe) } catch {
      throw .unreadableFile(path, reason: "it is a folder, or you may not read it")
    }
    try self.init(decoding: data, named: path)
  }

  /// Reads a file in memory; `name` is what errors call it.
  ///
  /// - Throws: ``TorchExportError``.
  public init(decoding data: Data, named name: String) throws(TorchExportError) {
    var result: Result<TorchExportModel, TorchExportError> = .failure(.damaged(name))
    data.withUnsafeBytes { bytes in
      do throws(TorchExportError) { result = .success(try TorchExportModel(bytes, named: name)) } catch {
        result = .failure(error)
      }
    }
    self = try result.get()
  }

  private init(_ bytes: UnsafeRawBufferPointer, named name: String) throws(TorchExportError) {
    guard let archive = ZipArchive(bytes) else { throw .damaged(name) }
    let members = archive.names
    guard let described = members.first(where: { $0.hasSuffix("models/model.json") }) else {
      if let old = members.first(where: { $0.hasSuffix("serialized_exported_program.json") }) {
        throw .otherLayout(name, found: old)
      }
      let models = members.filter { $0.contains("models/") && $0.hasSuffix(".json") }
      throw .otherLayout(name, found: models.first ?? "no models/model.json")
    }
    let root = String(described.dropLast("models/model.json".count))
    if let format = try archive.text(root + "archive_format"), format != "pt2" {
      throw .otherLayout(name, found: "archive_format \(elided(format, to: 40))")
    }
    guard let json = try archive.json(described) else { throw .damaged(name) }
    let schema = json["schema_version"]
    guard schema["major"].integer == 8 else {
      let (major, minor) = (schema["major"].integer ?? 0, schema["minor"].integer ?? 0)
      throw .otherSchema(version: "\(major).\(minor)")
    }
    version = (json["torch_version"].text ?? "").filter { $0.isASCII && !$0.isNewline }
    program = try Program(json)
    names = LayerNames(of: program.graph)
    let unsupported = program.graph.unsupported(named: names)
    guard unsupported.isEmpty else { throw .unsupported(unsupported) }
    let wanted = Set(program.inputs.compactMap { if case .weight(_, let own) = $0 { own } else { nil } })
    weights = try StoredTensors(archive, root: root, wanted: wanted)
  }
}
