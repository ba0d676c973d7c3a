import AttributionKit
import GraphEngine
import NetworkDefinitions

/// How transformers' image processors prepare photographs, from `preprocessor_config.json` in its old style, where a size is a
/// number, and its new one, where it is an object.
struct ImageProcessor {
  /// The network's input.
  let imageSize: (height: Int, width: Int)?
  let preprocessing: Preprocessing
  /// What of it is not followed, as words that follow "but"; `nil` where all is.
  let shortfall: String?

  /// - Parameters:
  ///   - json: what the file says; null where there is none.
  ///   - model: the network it is beside.
  init(_ json: JSONValue, of model: HuggingFaceConfiguration) {
    let named = json["image_processor_type"].text ?? json["feature_extractor_type"].text ?? ""
    let kind = Kind(processor: named, model: model.kind)
    let crops = json["do_center_crop"].flag ?? kind.crops
    let size = Side(json["size"], isShortest: kind.isShortest)
    let crop = Side(json["crop_size"], isShortest: false)
    let resizes = json["do_resize"].flag ?? true
    let fallback = model.imageSize ?? (224, 224)
    let resize: Preprocessing.Resize
    var shortfall = Self.shortfall(of: json, named: named)
    if named.hasPrefix("ConvNe") || named.isEmpty && kind.isConvNeXt {
      let side = size?.shortest ?? fallback.height
      imageSize = json.isNull ? nil : (side, side)
      let share = json["crop_pct"].number ?? 224 / 256
      resize = side < 384 ? .centerCrop(keeping: min(1, Double(side) / (Double(side) / share).rounded(.down))) : .exact
    } else if crops, let input = crop ?? size {
      imageSize = (input.height, input.width)
      let side = size.map { kind.enlarged($0.shortest, by: json["crop_pct"].number) } ?? input.shortest
      let share = size.map { _ in Double(input.shortest) / Double(side) } ?? 1
      if let size, resizes {
        let isEven = size.height * input.width == size.width * input.height
        if share > 1 {
          shortfall = "the photograph fills the input, where a crop_size beyond the size leaves black borders"
        } else if !isEven || size.isShortest && input.height != input.width {
          shortfall =
            "a crop of \(input.height) × \(input.width) of another shape than the size's is made of one of its own"
        }
      }
      let isStretched = !(size?.isShortest ?? true)
      resize =
        isStretched && resizes
        ? (share < 1 ? .stretchCrop(keeping: share) : .exact) : .centerCrop(keeping: min(share, 1))
    } else if let size {
      imageSize = (size.height, size.width)
      resize = size.isShortest ? .centerCrop(keeping: 1) : .exact
    } else {
      imageSize = nil
      resize = kind.crops ? .centerCrop(keeping: 0.875) : .exact
    }
    var recipe = Preprocessing(resize: resize)
    recipe.interpolation =
      json["resample"].text.flatMap { Preprocessing.Interpolation(rawValue: $0.lowercased()) }
      ?? Self.filters[json["resample"].integer ?? kind.filter] ?? .bilinear
    if json["do_rescale"].flag == false {
      recipe.scale = 1
    } else {
      recipe.scale = Float(json["rescale_factor"].number ?? 1 / 255)
    }
    func numbers(_ key: String) -> [Float]? {
      if let number = json[key].number { return [Float(number)] }
      return json[key].floats
    }
    if json["do_normalize"].flag ?? kind.normalizes {
      recipe.mean = numbers("image_mean") ?? kind.mean
      recipe.deviation = numbers("image_std") ?? kind.deviation
      // The processor of EfficientNet divides by the deviation twice.
      if kind.dividesTwice, json["include_top"].flag ?? true { recipe.deviation = recipe.deviation.map { $0 * $0 } }
    }
    if json["rescale_offset"].flag == true { recipe.mean = recipe.mean.map { $0 + 1 } }
    if json["do_flip_channel_order"].flag ?? kind.isReversed { recipe.channelOrder = .bgr }
    recipe.rounding = .down
    preprocessing = recipe
    self.shortfall = shortfall
  }

  /// What a processor says that none here does.
  private static func shortfall(of json: JSONValue, named: String) -> String? {
    let kind = named.lowercased().replacing(/(imageprocessor(fast|pil)?|featureextractor)$/, with: "")
    if !named.isEmpty, !Kind.known.contains(kind) {
      return "a \(elided(named, to: 60)) is not known here and may prepare them otherwise"
    }
    if json["do_resize"].flag == false { return "they are resized to the input, where do_resize is false" }
    let others = [
      "do_pad", "do_thumbnail", "do_align_long_axis", "keep_aspect_ratio", "do_color_quantize", "do_image_splitting",
    ]
    return others.first { json[$0].flag == true }.map { "its \($0) is not followed" }
  }

  /// Pillow's numbers.
  private static let filters: [Int: Preprocessing.Interpolation] = [
    0: .nearest, 1: .lanczos, 2: .bilinear, 3: .bicubic, 4: .box, 5: .hamming,
  ]
}

/// A size: both sides, or the shorter one of what keeps its proportions.
private struct Side {
  let height: Int
  let width: Int
  let isShortest: Bool
  var shortest: Int { min(height, width) }

  init?(_ json: JSONValue, isShortest: Bool) {
    if let side = json.integer ?? json["shortest_edge"].integer, side > 0 {
      (height, width, self.isShortest) = (side, side, json.integer == nil || isShortest)
    } else if let height = json["height"].integer, let width = json["width"].integer, height > 0, width > 0 {
      (self.height, self.width, self.isShortest) = (height, width, false)
    } else if let sides = json.list?.compactMap(\.integer), sides.count == 2, sides.allSatisfy({ $0 > 0 }) {
      (height, width, self.isShortest) = (sides[0], sides[1], false)
    } else {
      return nil
    }
  }
}

/// What the processors of a kind of network do where their file does not say.
private struct Kind {
  /// Whether the centre is cut out.
  let crops: Bool
  /// Whether a single number is the shorter side.
  let isShortest: Bool
  /// Pillow's number of the filter.
  let filter: Int
  let mean: [Float]
  let deviation: [Float]
  let isConvNeXt: Bool
  let isReversed: Bool
  let dividesTwice: Bool
  let normalizes: Bool
  /// What the side given is multiplied by before a crop of what is given, by the share that the file says is kept.
  private let enlargement: (_ share: Double?) -> Double

  /// How long the short side is before the crop.
  func enlarged(_ side: Int, by share: Double?) -> Int { max(1, Int(Double(side) * enlargement(share))) }

  /// The processors whose ways are here.
  static let known: Set = [
    "vit", "vithybrid", "convnext", "clip", "chineseclip", "deit", "beit", "efficientnet", "mobilevit", "mobilenetv1",
    "mobilenetv2", "segformer", "siglip", "bit", "dinov3vit", "pvt", "levit", "poolformer", "dpt", "flava",
  ]

  init(processor: String, model: String) {
    // The processor's own name goes before that of the network.
    let name = processor.isEmpty ? Self.processors[model] ?? model : processor.lowercased()
    func `is`(_ names: String...) -> Bool { names.contains(where: name.hasPrefix) }
    isConvNeXt = `is`("convne")
    crops = `is`("clip", "bit", "deit", "mobilenet", "levit", "beit", "mobilevit", "convne", "poolformer")
    // PoolFormer and LeViT are given the side of the crop.
    let isPoolFormer = `is`("poolformer"), factor: Double = `is`("levit") ? 256 / 224 : 1
    enlargement = { isPoolFormer ? 1 / ($0 ?? 0.9) : factor }
    isShortest = `is`("clip", "bit", "mobilenet", "levit", "mobilevit", "convne", "poolformer")
    filter = `is`("clip", "bit", "deit", "beit", "levit", "siglip", "poolformer") ? 3 : `is`("efficientnet") ? 0 : 2
    isReversed = `is`("mobilevit")
    dividesTwice = `is`("efficientnet")
    normalizes = !isReversed
    if `is`("clip", "bit") {
      mean = [0.48145466, 0.4578275, 0.40821073]
      deviation = [0.26862954, 0.26130258, 0.27577711]
    } else if `is`("convne", "levit", "segformer", "dinov", "poolformer") {
      (mean, deviation) = ([0.485, 0.456, 0.406], [0.229, 0.224, 0.225])
    } else {
      (mean, deviation) = ([0.5, 0.5, 0.5], [0.5, 0.5, 0.5])
    }
  }

  /// The processors that networks go with, where their names differ.
  private static let processors = [
    "resnet": "convnext", "regnet": "convnext", "convnextv2": "convnext", "dinov2": "dinov", "swin": "convnext_",
    "dinov2_with_registers": "dinov", "clip_vision_model": "clip", "siglip_vision_model": "siglip", "swinv2": "vit",
  ]
}
