public import AttributionKit
import NetworkDefinitions

/// A model folder as Hugging Face's transformers save it: `config.json` beside the weights, and `preprocessor_config.json`,
/// which says how photographs are prepared.
public struct HuggingFaceFormat: PromptFormat {
  /// `hugging-face`.
  public let identifier = "hugging-face"
  /// What is read.
  public let summary = "transformers' config.json, beside its weights and preprocessor_config.json."

  /// The format; it has no settings.
  public init() {}

  /// Whether it is JSON that names a type of model as transformers do.
  public func recognizes(_ contents: UnsafeRawBufferPointer, at path: String) -> Bool {
    guard let json = JSONValue(descriptionIn: contents) else { return false }
    return ModelFolder.isDescription(json) && !ModelFolder.isTimm(json)
  }

  /// Binds the weights beside the configuration to the network that it describes.
  ///
  /// - Throws: `ModelFileError`, for a network that is not known, too.
  public func open(_ request: ModelRequest) throws -> OpenedModel {
    try WeightsFormat().open(request, in: ModelFolder(ofConfiguration: request.path))
  }

  /// The same, with classes made of texts by the network's own half for them.
  ///
  /// - Throws: `ModelFileError`, where it has none, or no tokenizer lies beside it, too.
  public func open(_ request: ModelRequest, prompts: Prompts) throws -> OpenedModel {
    try WeightsFormat().open(request, in: ModelFolder(ofConfiguration: request.path), prompts: prompts)
  }
}

/// What transformers' `config.json` says.
struct HuggingFaceConfiguration {
  /// What networks of this type are called: `vit`.
  let kind: String
  /// What the network is; of one that joins an image's network with a text's, the former.
  let description: NetworkDescription
  private let json: JSONValue

  init(_ json: JSONValue) {
    self.json = json
    kind = json["model_type"].text ?? "transformers"
    let vision = json["vision_config"].object ?? json["backbone_config"].object
    var settings = json.object ?? [:]
    for (key, value) in vision ?? [:] { settings[key] = value }
    description = NetworkDescription(name: kind, settings: .object(settings))
  }

  var imageSize: (height: Int, width: Int)? {
    let size = description.settings["image_size"]
    if let side = size.integer, side > 0 { return (side, side) }
    let sides = (size.list ?? []).compactMap(\.integer)
    return sides.count == 2 && sides.allSatisfy { $0 > 0 } ? (sides[0], sides[1]) : nil
  }

  /// The names in order; `nil` where the file numbers them only.
  var classNames: IndexedNames? {
    var entries: [Int: String] = [:]
    for (number, name) in json["id2label"].object ?? [:] {
      if let number = Int(number), let name = name.text { entries[number] = name }
    }
    if entries.isEmpty {
      for (name, number) in json["label2id"].object ?? [:] {
        if let number = number.integer ?? number.text.flatMap({ Int($0) }) { entries[number] = name }
      }
    }
    guard !entries.values.allSatisfy({ $0.hasPrefix("LABEL_") }) else { return nil }
    return IndexedNames(entries)
  }
}
