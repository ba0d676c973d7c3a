import AttributionKit
import FileKinds
import Foundation
import NetworkDefinitions

/// A folder as Hugging Face's transformers or timm save a network: `config.json` beside the weights, and what it says.
struct ModelFolder {
  /// The weights, or the index of several files of them.
  let weights: String
  /// What the network is.
  let description: NetworkDescription
  let title: String?
  let imageSize: (height: Int, width: Int)?
  let preprocessing: Preprocessing?
  /// The names of the classes in order.
  let classNames: [String]?
  /// What the numbers of the output mean, where that is said; a single number without a word is transformers' regression.
  var answer: ModelRequest.Answer? {
    switch description.settings["problem_type"].text {
    case "single_label_classification": .classes
    case "multi_label_classification": .multilabel
    case "regression": .numbers
    default: isSingleNumber ? .numbers : nil
    }
  }
  /// Whether a network for classification has a single number, which transformers train by its squared error.
  private var isSingleNumber: Bool {
    let heads = (description.settings["architectures"].list ?? []).compactMap(\.text)
    return heads.contains { $0.hasSuffix("ForImageClassification") }
      && description.settings["id2label"].object?.count == 1
  }
  let notes: [Note]
  /// Whether nothing in the folder says how photographs are prepared.
  let isPreparationAssumed: Bool

  /// The names that libraries give to weights, the first first.
  private static let weightNames = [
    "model.safetensors", "model.safetensors.index.json", "pytorch_model.bin", "pytorch_model.bin.index.json",
    "open_clip_model.safetensors",
  ]

  /// The folder of weights that have such a name; `nil` where they lie alone.
  ///
  /// - Throws: `ModelFileError`.
  init?(ofWeights path: String) throws {
    let url = URL(fileURLWithPath: path)
    if let folder = try ModelFolder(openCLIP: url) {
      self = folder
      return
    }
    guard Self.weightNames.contains(url.lastPathComponent) else { return nil }
    let configuration = url.deletingLastPathComponent().appendingPathComponent("config.json")
    guard FileManager.default.fileExists(atPath: configuration.path) else { return nil }
    let json = try Self.json(at: configuration)
    guard Self.isDescription(json) else { return nil }
    try self.init(json, at: configuration, weights: path)
  }

  /// The folder of a library's description.
  ///
  /// - Throws: `ModelFileError`, where the weights are not beside it.
  init(ofConfiguration path: String) throws {
    let url = URL(fileURLWithPath: path)
    try self.init(Self.json(at: url), at: url, weights: nil)
  }

  /// The folder in which a graph was saved, its weights included: that of the file, or the one above a folder `onnx`.
  ///
  /// `nil` where no description lies there, or none that can be read: the graph does without. The same where the graph
  /// has a name of its own among others, so that the description may be of another network.
  init?(besideGraph path: String) {
    let url = URL(fileURLWithPath: path)
    let folder = url.deletingLastPathComponent()
    let neighbors = (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
    guard url.lastPathComponent.hasPrefix("model") || neighbors.count(where: { $0.hasSuffix(".onnx") }) == 1 else {
      return nil
    }
    let folders = folder.lastPathComponent == "onnx" ? [folder, folder.deletingLastPathComponent()] : [folder]
    for folder in folders {
      let configuration = folder.appendingPathComponent("config.json")
      guard FileManager.default.fileExists(atPath: configuration.path),
        let json = try? Self.json(at: configuration), Self.isDescription(json),
        let found = try? ModelFolder(json, at: configuration, weights: path)
      else { continue }
      self = found
      return
    }
    return nil
  }

  /// Whether JSON describes a network as timm or transformers do.
  static func isDescription(_ json: JSONValue) -> Bool {
    isTimm(json) || json["model_type"].text != nil || json["architectures"].list != nil
  }

  /// Whether JSON names an architecture and how it was trained.
  static func isTimm(_ json: JSONValue) -> Bool {
    json["architecture"].text != nil
      && (json["pretrained_cfg"].object != nil || json["model_type"].isNull && json["num_classes"].number != nil)
  }

  private init(_ json: JSONValue, at configuration: URL, weights: String?) throws {
    let folder = configuration.deletingLastPathComponent()
    let isTimm = Self.isTimm(json)
    guard let weights = weights ?? Self.weights(in: folder) else {
      let graphs = FileKind.graphs(inModelFolder: folder.path)
      throw ModelFileError(
        .missing,
        "'\(configuration.path)' is \(isTimm ? "timm" : "transformers")'s description of a network, and its weights, "
          + "model.safetensors or pytorch_model.bin, are not beside it: "
          + (graphs.first.map { "give '\($0)' instead" } ?? "download them, too"))
    }
    self.weights = weights
    if isTimm {
      let told = TimmConfiguration(json)
      if let pooling = told.pooling, ["max", "avgmax", "catavgmax"].contains(pooling) {
        throw ModelFileError(
          .unsupported,
          "'\(configuration.path)' pools the features by '\(pooling)', and networks with the mean alone are read: export it with "
            + "torch.onnx.export")
      }
      description = NetworkDescription(name: told.network, settings: json)
      (title, imageSize, classNames) = ("\(told.architecture) (timm)", told.imageSize, told.classNames)
      preprocessing = told.preprocessing
      isPreparationAssumed = told.isPreparationAssumed
      notes = [
        isPreparationAssumed
          ? Note(
            "timm's config.json does not say how photographs are prepared: they are as is usual for timm",
            about: Setting("recipe"))
          : Note(
            "photographs are prepared as timm's config.json says" + (told.shortfall.map { ", but that \($0)" } ?? ""))
      ]
    } else {
      let told = HuggingFaceConfiguration(json)
      if let problem = told.contradiction {
        throw ModelFileError(
          .unsupported,
          "'\(configuration.path)' \(problem): save the network with torch.onnx.export, which keeps how it computes")
      }
      description = told.description
      let labels = told.classNames
      classNames = labels?.names
      title = folder.standardizedFileURL.lastPathComponent
      let processor = try Self.imageProcessor(in: folder)
      isPreparationAssumed = processor == nil
      let preparation = ImageProcessor(processor?.json ?? .null, of: told)
      preprocessing = preparation.preprocessing
      imageSize = processor.flatMap { _ in preparation.imageSize } ?? told.imageSize
      notes =
        [
          processor.map { processor in
            Note(
              "photographs are prepared as \(processor.file) says"
                + (preparation.shortfall.map { ", but \($0)" } ?? ""),
              about: preparation.shortfall == nil ? nil : Setting("recipe"))
          }
            ?? Note(
              "preprocessor_config.json is not in the folder: photographs are prepared as is usual for \(told.kind)",
              about: Setting("recipe"))
        ] + (labels?.remarks ?? []).map { Note("of the names of the classes in config.json: \($0)") }
    }
  }

  /// What a folder says of preparing photographs, and in which file: the processor of images among all of a network's, as
  /// transformers 5 keeps it, goes before the one that has a file of its own.
  private static func imageProcessor(in folder: URL) throws -> (json: JSONValue, file: String)? {
    for (file, key) in [("processor_config.json", "image_processor"), ("preprocessor_config.json", nil)] {
      let url = folder.appendingPathComponent(file)
      guard FileManager.default.fileExists(atPath: url.path) else { continue }
      let json = try json(at: url)
      guard let key else { return (json, file) }
      if json[key].object != nil { return (json[key], file) }
    }
    return nil
  }

  private static func weights(in folder: URL) -> String? {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
    let known = weightNames.first(where: names.contains)
    let others = names.filter { name in [".safetensors", ".bin", ".pth", ".pt"].contains { name.hasSuffix($0) } }
    return (known ?? (others.count == 1 ? others[0] : nil)).map { folder.appendingPathComponent($0).path }
  }

  static func json(at url: URL) throws -> JSONValue {
    let size = try url.resourceValues(forKeys: [.fileSizeKey]).fileSize ?? 0
    guard size < 8 << 20, let json = try JSONValue(writtenByPython: Data(contentsOf: url)) else {
      throw ModelFileError(.damaged, "'\(url.path)' is no JSON: download it again")
    }
    return json
  }
}
