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

  /// The files in a folder that a network can be opened from, in the order of their names.
  public static func networks(inFolder path: String) -> [String] {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []
    return names.filter { name in [".onnx", ".pt2", ".keras", ".h5"].contains { name.lowercased().hasSuffix($0) } }
      .sorted()
  }
}
