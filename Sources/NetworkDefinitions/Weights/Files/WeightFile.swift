import Foundation
import GraphEngine

/// Weights by name, from one file or several, whichever program wrote them; mapped rather than read.
public struct WeightFile: TensorFile, Sendable {
  public internal(set) var label: String
  /// The tensors by name.
  public internal(set) var tensors: [String: FileTensor]
  /// The class of the module, `torchvision.models.resnet.ResNet`, where a whole one was saved.
  public private(set) var className: String?
  /// The layers of such a module, each before its parts.
  private(set) var modules: [SavedModule] = []
  /// What was decided in reading it, each a sentence without its full stop.
  public internal(set) var notes: [String] = []

  /// Opens a safetensors file, what `torch.save` wrote, or the index of a network that is kept in several of them.
  ///
  /// - Throws: ``NetworkError``.
  public init(_ path: String) throws {
    label = "the weights in '\(path)'"
    let start = try Self.beginning(of: path)
    if start.first == UInt8(ascii: "{") {
      tensors = try Self.tensors(listedIn: path)
      return
    }
    if start.withUnsafeBytes({ !SafetensorsHeader.begins($0) && TorchCheckpoint.recognizes($0) }) {
      let (found, others) = try TorchCheckpoint(path).weights()
      (tensors, className, modules) = (found.tensors, found.className, found.modules)
      if !others.isEmpty {
        let place = found.place.isEmpty ? "of the file itself" : "under '\(found.place.joined(separator: "."))'"
        let rest = joined(others.map { "'\(elided($0, to: 60))'" }, by: ", ", within: 160, kind: "more")
        notes = ["the weights \(place) are taken; there are others under \(rest)"]
      }
    } else {
      tensors = try SafetensorsFile(path).tensors
    }
  }

  private static func beginning(of path: String) throws -> [UInt8] {
    let file = try MappedFile(path)
    return withExtendedLifetime(file) { Array(file.bytes.prefix(16)) }
  }

  /// The tensors of all files that an index names: `{"weight_map": {"layer.weight": "model-00001-of-00002.safetensors"}}`.
  private static func tensors(listedIn path: String) throws -> [String: FileTensor] {
    struct Index: Decodable {
      let weightMap: [String: String]

      enum CodingKeys: String, CodingKey { case weightMap = "weight_map" }
    }
    let url = URL(fileURLWithPath: path)
    guard let size = try? url.resourceValues(forKeys: [.fileSizeKey]).fileSize, size < 16 << 20,
      let index = try? JSONDecoder().decode(Index.self, from: Data(contentsOf: url))
    else { throw NetworkError.malformedIndex(path, reason: "it lists no weights") }
    var files: [String: [String: FileTensor]] = [:]
    var tensors: [String: FileTensor] = [:]
    for (name, file) in index.weightMap {
      guard !file.contains("/"), file != ".." else {
        throw NetworkError.malformedIndex(path, reason: "'\(elided(file, to: 60))' is no file beside it")
      }
      if files[file] == nil {
        let part = url.deletingLastPathComponent().appendingPathComponent(file).path
        guard try beginning(of: part).first != UInt8(ascii: "{") else {
          throw NetworkError.malformedIndex(path, reason: "'\(elided(file, to: 60))' is an index itself")
        }
        files[file] = try WeightFile(part).tensors
      }
      guard let tensor = files[file]?[name] else {
        throw NetworkError.malformedIndex(path, reason: "'\(elided(file, to: 60))' lacks '\(elided(name, to: 60))'")
      }
      tensors[name] = tensor
    }
    return tensors
  }
}
