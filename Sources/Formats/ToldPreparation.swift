import AttributionKit

/// How photographs are prepared, as an ONNX file's metadata says it: by `mean` and `std`, as timm and others write them, by
/// `image_mean` and `image_std`, as transformers does, by Ultralytics' keys, or by ONNX's own.
struct ToldPreparation {
  private let scale: Float
  private let mean: [Float]
  private let deviation: [Float]
  private let isReversed: Bool
  private let interpolation: Preprocessing.Interpolation
  private let fitting: Fitting
  /// What was read that is not plain.
  let note: Note

  private enum Fitting {
    /// As is usual for the size.
    case usual
    /// A share of the short side is kept.
    case crop(Double)
    case resize(Preprocessing.Resize)
  }

  /// `nil` where nothing is said.
  init?(_ metadata: [String: String]) {
    var (scale, mean, deviation): (Float, [Float], [Float]) = (1 / 255, [0], [1])
    var fitting =
      metadata.numbers("crop_pct")?.first.flatMap { share in
        share > 0 && share <= 1 ? Fitting.crop(Double(share)) : nil
      } ?? .usual
    var isReversed = Self.isReversed(metadata)
    var remark = ""
    if let means = metadata.numbers("mean") ?? metadata.numbers("image_mean"),
      let deviations = metadata.numbers("std") ?? metadata.numbers("image_std"), means.count == deviations.count,
      [1, 3].contains(means.count), !deviations.contains(0)
    {
      (mean, deviation) = (means, deviations)
      // Numbers above 2 are for samples of 0…255.
      scale = mean.contains { $0 > 2 } || deviation.contains { $0 > 2 } ? 1 : 1 / 255
      if isReversed == nil, Self.isImageNetReversed(mean.map { $0 / scale }) {
        isReversed = true
        remark = "; its means are ImageNet's in the order blue, green, red, which is taken for that of the channels"
      }
    } else if metadata["names"] != nil, metadata["stride"] != nil || metadata["task"] != nil {
      // Ultralytics' networks take 0…1: photographs to classify are cropped, others shown whole between grey bars.
      fitting = .resize(metadata["task"] == "classify" ? .centerCrop(keeping: 1) : .letterbox(fill: 114))
    } else if metadata["Image.NominalPixelRange"] != nil || metadata["Image.BitmapPixelFormat"] != nil,
      let range = Self.range(metadata["Image.NominalPixelRange"] ?? "NominalRange_0_255")
    {
      (scale, mean, deviation) = range
    } else {
      return nil
    }
    (self.scale, self.mean, self.deviation, self.fitting) = (scale, mean, deviation, fitting)
    self.isReversed = isReversed ?? false
    interpolation =
      metadata["interpolation"].flatMap { Preprocessing.Interpolation(rawValue: $0.lowercased()) } ?? .bilinear
    note = Note(
      "photographs are prepared as the file's metadata says"
        + (remark.isEmpty && self.isReversed ? ", blue, green and red in this order" : remark), about: Setting("recipe")
    )
  }

  /// The recipe for an input of some size.
  func preprocessing(height: Int, width: Int) -> Preprocessing {
    let resize: Preprocessing.Resize =
      switch fitting {
      case .usual: .usual(height: height, width: width)
      // timm cuts the resized side, where others round it.
      case .crop(let share) where height == width:
        .centerCrop(keeping: min(1, Double(height) / (Double(height) / share).rounded(.down)))
      case .crop(let share): .centerCrop(keeping: share)
      case .resize(let resize): resize
      }
    var recipe = Preprocessing(resize: resize, scale: scale, mean: mean, deviation: deviation)
    recipe.interpolation = interpolation
    if isReversed { recipe.channelOrder = .bgr }
    return recipe
  }

  /// Whether the channels are said to be blue, green and red; `nil` where nothing is said of them.
  static func isReversed(_ metadata: [String: String]) -> Bool? {
    let keys = [
      "color_format", "channel_order", "color_order", "color_mode", "color_space", "colorspace", "channels",
      "input_format", "pixel_format", "Image.BitmapPixelFormat",
    ]
    for key in keys {
      guard let value = metadata[key]?.lowercased() else { continue }
      if value.contains("bgr") { return true }
      if value.contains("rgb") { return false }
    }
    let truths = ["true": true, "1": true, "false": false, "0": false]
    for (key, meaning) in [("to_rgb", false), ("to_bgr", true), ("bgr", true), ("swap_rb", true)] {
      if let truth = metadata[key].flatMap({ truths[$0.lowercased()] }) { return truth == meaning }
    }
    return nil
  }

  /// Whether means of samples of 0…255 are those of ImageNet's blue, green and red.
  private static func isImageNetReversed(_ means: [Float]) -> Bool {
    [[103.53, 116.28, 123.675], [103.939, 116.779, 123.68]].contains { known in
      means.count == 3 && zip(means, known).allSatisfy { abs($0 - $1) < 0.5 }
    }
  }

  /// Between which numbers ONNX's own `Image.NominalPixelRange` lays the samples.
  private static func range(_ name: String) -> (scale: Float, mean: [Float], deviation: [Float])? {
    switch name {
    case "NominalRange_0_255": (1, [0], [1])
    case "Normalized_0_1": (1 / 255, [0], [1])
    case "Normalized_1_1": (1 / 255, [0.5], [0.5])
    // Black is 16 and white 235: 16 + x · 219 / 255.
    case "NominalRange_16_235": (219 / 255, [-16], [1])
    default: nil
    }
  }
}
