import Foundation
import ONNXImport

/// The files that a network is read from beside its own.
public enum FilesBeside {
  /// What belongs to the network in a file: what libraries write into its folder, and the data of an ONNX file.
  ///
  /// - Parameter network: the file itself, not its folder.
  /// - Returns: The paths of files that are there, the network's own not among them.
  public static func paths(of network: String) -> [String] {
    let url = URL(fileURLWithPath: network)
    let own = url.lastPathComponent
    let folder = url.deletingLastPathComponent()
    // An ONNX file may lie in a folder of its own within that of its description.
    let folders = folder.lastPathComponent == "onnx" ? [folder, folder.deletingLastPathComponent()] : [folder]
    var paths = folders.flatMap { place -> [String] in
      let names = (try? FileManager.default.contentsOfDirectory(atPath: place.path)) ?? []
      guard names.contains("config.json") || names.contains("open_clip_config.json") else { return [] }
      return names.filter { ($0 != own || place != folder) && isOfModelFolder($0) }.sorted()
        .map { place.appendingPathComponent($0).path }
    }
    if ![".keras", ".h5", ".pt2", ".json", ".safetensors", ".pth", ".bin"].contains(where: own.lowercased().hasSuffix) {
      paths += ONNXModel.externalFiles(of: network).filter { !paths.contains($0) }
    }
    return paths
  }

  /// Whether libraries write a file of this name into a model's folder.
  private static func isOfModelFolder(_ name: String) -> Bool {
    let descriptions = [
      "config.json", "preprocessor_config.json", "processor_config.json", "tokenizer.json", "tokenizer_config.json",
      "special_tokens_map.json", "added_tokens.json", "generation_config.json", "vocab.json", "vocab.txt", "merges.txt",
      "open_clip_config.json",
    ]
    return descriptions.contains(name)
      || [".index.json", ".safetensors", ".bin", ".pth", ".pt", ".onnx", ".onnx.data", ".onnx_data", ".model"]
        .contains(where: name.hasSuffix)
  }
}
