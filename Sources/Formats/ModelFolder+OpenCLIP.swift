import AttributionKit
import Foundation
import NetworkDefinitions

extension ModelFolder {
  /// A folder as OpenCLIP saves it: `open_clip_config.json` beside weights of its name; `nil` where it is none.
  init?(openCLIP weights: URL) throws {
    let configuration = weights.deletingLastPathComponent().appendingPathComponent("open_clip_config.json")
    guard weights.lastPathComponent.hasPrefix("open_clip_"),
      FileManager.default.fileExists(atPath: configuration.path)
    else { return nil }
    let json = try Self.json(at: configuration)
    let model = json["model_cfg"], image = model["vision_cfg"], text = model["text_cfg"]
    let isQuick = model["quick_gelu"].flag == true
    var settings: [String: JSONValue] = ["hidden_act": .text(isQuick ? "quick_gelu" : "gelu")]
    if let width = image["width"].integer {
      settings["num_attention_heads"] = .number(Double(max(1, width / max(1, image["head_width"].integer ?? 64))))
    }
    settings["image_size"] = image["image_size"]
    settings["text_config"] = .object(Self.textSettings(text, isQuick: isQuick))
    var name = image["timm_model_name"].text
    if name != nil { settings["hidden_act"] = .null }
    name = name.map { String($0.prefix { $0 != "." }) }
    description = NetworkDescription(name: name, settings: .object(settings))
    self.weights = weights.path
    title = weights.deletingLastPathComponent().standardizedFileURL.lastPathComponent
    classNames = nil
    imageSize = image["image_size"].integer.map { ($0, $0) }
    let told = json["preprocess_cfg"]
    preprocessing = Preprocessing(
      resize: told["resize_mode"].text == "squash" ? .exact : .centerCrop(keeping: 1),
      mean: told["mean"].floats ?? [0.481_454_66, 0.457_827_5, 0.408_210_73],
      deviation: told["std"].floats ?? [0.268_629_54, 0.261_302_58, 0.275_777_11],
      interpolation: told["interpolation"].text.flatMap(Preprocessing.Interpolation.init) ?? .bicubic)
    notes = [Note("photographs are prepared as open_clip_config.json says")]
    isPreparationAssumed = false
  }

  /// OpenCLIP's settings of the text's half in transformers' words.
  private static func textSettings(_ text: JSONValue, isQuick: Bool) -> [String: JSONValue] {
    let isTanh = text["act_kwargs"]["approximate"].text == "tanh"
    return [
      "num_attention_heads": text["heads"],
      "hidden_act": .text(isQuick ? "quick_gelu" : isTanh ? "gelu_pytorch_tanh" : "gelu"),
      "layer_norm_eps": text["norm_kwargs"]["eps"].isNull ? .number(1e-5) : text["norm_kwargs"]["eps"],
      // It looks at the largest token.
      "eos_token_id": .number(2),
      "tokenizer_clean": text["tokenizer_kwargs"]["clean"],
    ]
  }
}
