import Foundation

extension FileKind {
  /// Recognises a network that is a folder, by the names of what is in it; `nil` where it is none that is known.
  public init?(ofFolder path: String) {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []
    func has(_ ending: String) -> Bool { names.contains { $0.hasSuffix(ending) } }
    if has("saved_model.pb") || has("saved_model.pbtxt") {
      self = .savedModel
    } else if names.contains("coremldata.bin") || names.contains("Manifest.json") && names.contains("Data") {
      self = .coreML
    } else if has(".pdmodel") || has(".pdiparams") {
      self = .paddle
    } else if names.contains("model.json"), has(".bin") {
      self = .tensorFlowJS
    } else if has(".xml"), has(".bin"), !has(".onnx") {
      self = .openVINO
    } else {
      return nil
    }
  }

  /// The file to open of a folder that holds one network: its description, or else its weights; `nil` where there is none.
  public static func network(inFolder path: String) -> String? {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []
    let known = [
      "model.safetensors", "model.safetensors.index.json", "pytorch_model.bin", "pytorch_model.bin.index.json",
      "open_clip_model.safetensors",
    ]
    let weights = names.filter { name in [".safetensors", ".bin", ".pth", ".pt"].contains { name.hasSuffix($0) } }
    let isDescribed = names.contains("config.json") && FileKind(ofFolder: path) == nil
    // A graph holds all that weights are described for.
    if isDescribed, weights.isEmpty, !names.contains(where: known.contains),
      let graph = graphs(inModelFolder: path).first
    {
      return graph
    }
    let file =
      isDescribed ? "config.json" : known.first(where: names.contains) ?? (weights.count == 1 ? weights[0] : nil)
    return file.map { path.hasSuffix("/") ? path + $0 : path + "/" + $0 }
  }

  /// The ONNX files of a model folder, in it or in its folder `onnx`: `model.onnx` first, or else the only one.
  public static func graphs(inModelFolder path: String) -> [String] {
    let folder = path.hasSuffix("/") ? path : path + "/"
    for place in [folder, folder + "onnx/"] {
      let names = ((try? FileManager.default.contentsOfDirectory(atPath: place)) ?? []).filter { $0.hasSuffix(".onnx") }
      if names.contains("model.onnx") { return [place + "model.onnx"] }
      if names.count == 1 { return [place + names[0]] }
    }
    return []
  }

  /// The files in a folder that a network can be opened from, in the order of their names.
  public static func networks(inFolder path: String) -> [String] {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []
    return names.filter { name in [".onnx", ".pt2", ".keras", ".h5"].contains { name.lowercased().hasSuffix($0) } }
      .sorted()
  }
}
