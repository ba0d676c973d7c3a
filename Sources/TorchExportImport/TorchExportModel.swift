import Archives
public import Foundation
import GraphEngine
import Kernels
import NetworkDefinitions

/// A network read from an archive of `torch.export`: its weights mapped, its graph not yet lowered.
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
        || name.hasSuffix("archive_format") || name.hasSuffix("archive_version")
    }
  }

  /// Reads a file.
  ///
  /// - Throws: ``TorchExportError``, with every operator that cannot be lowered.
  public init(contentsOf path: String) throws(TorchExportError) {
    guard FileManager.default.fileExists(atPath: path) else { throw .missingFile(path) }
    let file: MappedFile
    do { file = try MappedFile(path) } catch {
      throw .unreadableFile(path, reason: "it is a folder, or you may not read it")
    }
    try self.init(file.bytes, of: file, named: path)
  }

  /// Reads a file in memory; `name` is what errors call it.
  ///
  /// - Throws: ``TorchExportError``.
  public init(decoding data: Data, named name: String) throws(TorchExportError) {
    var result: Result<TorchExportModel, TorchExportError> = .failure(.damaged(name))
    data.withUnsafeBytes { bytes in
      do throws(TorchExportError) { result = .success(try TorchExportModel(bytes, of: nil, named: name)) } catch {
        result = .failure(error)
      }
    }
    self = try result.get()
  }

  private init(
    _ bytes: UnsafeRawBufferPointer, of file: MappedFile?, named name: String
  ) throws(TorchExportError) {
    guard let archive = ZipArchive(bytes) else { throw .damaged(name) }
    let members = archive.names
    let place = try Place(in: members, named: name)
    let (root, described) = (place.root, place.description)
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
    weights = try StoredTensors(archive, of: file, place, wanted: wanted)
  }
}

/// Where in an archive a program and its tensors are.
struct Place {
  /// The folder that holds everything, its slash included.
  let root: String
  /// What the program is called, usually `model`.
  let model: String
  var description: String { "\(root)models/\(model).json" }

  /// - Throws: ``TorchExportError`` where the archive holds no program, several, or one laid out as is not read.
  init(in members: [String], named name: String) throws(TorchExportError) {
    if let old = members.first(where: { $0.hasSuffix("serialized_exported_program.json") }) {
      throw .otherLayout(name, found: old)
    }
    let found = members.filter { $0.wholeMatch(of: /([^\/]*\/)?models\/[^\/]+\.json/) != nil }
    guard let first = found.first else {
      if members.contains(where: { $0.contains("data/aotinductor/") }) { throw .compiled(name) }
      throw .otherLayout(name, found: "no models/model.json")
    }
    let parts = first.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
    root = parts.dropLast(2).map { $0 + "/" }.joined()
    let models = found.compactMap { $0.split(separator: "/").last?.dropLast(5) }.map(String.init).sorted()
    guard models.count == 1 else { throw .severalPrograms(name, programs: models) }
    model = models[0]
    let weights = root + "data/weights/"
    if !members.contains("\(weights)\(model)_weights_config.json"),
      let pickled = members.first(where: { $0.hasPrefix(weights) && $0.hasSuffix(".pt") })
    {
      throw .otherLayout(name, found: pickled)
    }
  }
}
