public import AttributionKit
import Foundation
import NetworkDefinitions

/// A model folder as timm saves it: `config.json`, which says what the network is and how photographs are prepared, beside
/// its weights.
public struct TimmFormat: PromptFormat {
  /// `timm`.
  public let identifier = "timm"
  /// What is read.
  public let summary = "timm's config.json, beside model.safetensors or pytorch_model.bin."

  /// The format; it has no settings.
  public init() {}

  /// Whether it is JSON that names an architecture and how it was trained.
  public func recognizes(_ contents: UnsafeRawBufferPointer, at path: String) -> Bool {
    JSONValue(descriptionIn: contents).map(ModelFolder.isTimm) ?? false
  }

  /// Binds the weights beside the configuration to the network that it names.
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

extension JSONValue {
  /// A file's content as JSON that begins as an object does; `nil` where it is none, or too large for a description.
  init?(descriptionIn contents: UnsafeRawBufferPointer) {
    let text = contents.starts(with: Self.byteOrderMark) ? contents.dropFirst(3) : contents[...]
    guard let first = text.first(where: { ![9, 10, 13, 32].contains($0) }), first == UInt8(ascii: "{"),
      contents.count < 8 << 20, let json = JSONValue(writtenByPython: Data(text))
    else { return nil }
    self = json
  }

  private static let byteOrderMark: [UInt8] = [0xEF, 0xBB, 0xBF]

  /// A text as JSON, in which Python writes `NaN` and `Infinity` for numbers that JSON has none for: null here.
  init?(writtenByPython data: Data) {
    let text = data.starts(with: Self.byteOrderMark) ? data.dropFirst(3) : data
    if let json = try? JSONDecoder().decode(JSONValue.self, from: text) {
      self = json
      return
    }
    // Texts are matched first, so that nothing within them is replaced.
    let plain = String(decoding: text, as: UTF8.self).replacing(/"(?:[^"\\]|\\.)*"|-?Infinity|NaN/) { match in
      match.output.hasPrefix("\"") ? match.output : "null"
    }
    guard let json = try? JSONDecoder().decode(JSONValue.self, from: Data(plain.utf8)) else { return nil }
    self = json
  }

  /// The numbers of a list; `nil` for what is no list.
  var floats: [Float]? { list.map { $0.compactMap(\.number).map { Float($0) } } }
}

/// What timm's `config.json` says.
struct TimmConfiguration {
  /// The network with the tag of its training: `resnet50.a1_in1k`.
  let architecture: String
  private let json: JSONValue
  /// How it was trained; in the old form of the file, everything stands side by side.
  private var trained: JSONValue { json["pretrained_cfg"].isNull ? json : json["pretrained_cfg"] }
  /// Whether nothing is said of how photographs are prepared, so that timm's usual way is assumed.
  var isPreparationAssumed: Bool { ["mean", "std", "input_size", "crop_pct"].allSatisfy { trained[$0].isNull } }
  /// How the places' features are pooled, where that is told.
  var pooling: String? { json["global_pool"].text ?? json["model_args"]["global_pool"].text }

  init(_ json: JSONValue) {
    architecture = json["architecture"].text ?? ""
    self.json = json
  }

  /// The name of the network without the tag.
  var network: String { String(architecture.prefix { $0 != "." }) }

  var imageSize: (height: Int, width: Int)? {
    let size = (json["model_args"]["img_size"].list ?? trained["input_size"].list ?? []).compactMap(\.integer)
    if let side = json["model_args"]["img_size"].integer, side > 0 { return (side, side) }
    guard size.count >= 2, size.allSatisfy({ $0 > 0 }) else { return nil }
    return (size[size.count - 2], size[size.count - 1])
  }

  /// What timm fills borders with: the mean color, of which a border here has the gray.
  private var borderGray: UInt8 {
    let mean = (trained["mean"].list ?? []).compactMap(\.number)
    return UInt8(max(0, min(255, (255 * mean.reduce(0, +) / Double(max(1, mean.count))).rounded())))
  }
  /// What of it can be followed in part only, as a clause.
  var shortfall: String? {
    if trained["crop_mode"].text == "border" {
      return "its borders of the mean colour are grey here, and nothing is cut off"
    }
    // timm pads what is smaller than the input.
    return cropShare > 1 ? "the photograph fills the input, where a crop_pct of \(cropShare) leaves black borders" : nil
  }

  /// Which fraction of the resized side is kept.
  private var cropShare: Double {
    guard let share = trained["crop_pct"].number, share > 0 else { return 0.875 }
    return share
  }

  /// The fraction of which both sides come out as timm cuts them, where others round; of a square, a rounded side is one that
  /// was cut.
  private var share: Double {
    guard cropShare < 1, let (height, width) = imageSize else { return min(cropShare, 1) }
    let sides = [Double(height), Double(width)]
    let resized = sides.map { ($0 / cropShare).rounded(.down) }
    if height == width { return sides[0] / resized[0] }
    guard zip(sides, resized).contains(where: { ($0 / cropShare).rounded() != $1 }) else { return cropShare }
    let least = zip(sides, resized).map { ($1 - 0.5) / $0 }.max() ?? 1
    let most = zip(sides, resized).map { ($1 + 0.5) / $0 }.min() ?? 1
    return min(1, 2 / (least + most))
  }

  /// Samples from 0 to 1 less the mean, divided by the deviation; of the resized short side a fraction is kept.
  var preprocessing: Preprocessing {
    let isSquare = imageSize.map { $0.height == $0.width } ?? true
    let resize: Preprocessing.Resize =
      switch trained["crop_mode"].text {
      case "squash": share < 1 ? .stretchCrop(keeping: share) : .exact
      case "border": .letterbox(fill: borderGray)
      default: .centerCrop(keeping: share)
      }
    return Preprocessing(
      resize: resize, mean: trained["mean"].floats ?? [0.485, 0.456, 0.406],
      deviation: trained["std"].floats ?? [0.229, 0.224, 0.225],
      interpolation: trained["interpolation"].text.flatMap(Preprocessing.Interpolation.init) ?? .bicubic,
      rounding: isSquare ? nil : .nearest)
  }

  /// The names of the classes, where the file has them.
  var classNames: [String]? {
    (json["label_names"].list ?? trained["label_names"].list).map { $0.compactMap(\.text) }
  }
}
