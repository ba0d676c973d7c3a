import ArgumentParser
import AttributionKit
import Images

/// How photographs become the network's input.
struct PreprocessingOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "The recipe the network was trained with: \(Preprocessing.presets.map(\.name).joined(separator: ", ")).",
      discussion: "Without it, imagenet for three channels and unit for one.", valueName: "name"))
  var preset: String?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("What is subtracted from each channel after scaling.", valueName: "a,b,c"))
  var mean: ChannelNumbers?

  @Option(help: ArgumentHelp("What each channel is then divided by.", valueName: "a,b,c"))
  var std: ChannelNumbers?

  @Option(
    help: ArgumentHelp("What samples of 0…255 are multiplied by first; the preset's without it.", valueName: "factor"))
  var scale: Float?

  @Option(
    help: ArgumentHelp(
      "The input's size where the network leaves it open: 224, or 240x320 with the height first.", valueName: "n|hxw"))
  var size: PixelSize?

  @Option(help: "The order of the network's colour channels.")
  var channelOrder: ChannelOrder?

  @Option(
    help: ArgumentHelp(
      "How a photograph of other proportions is fitted: its centre cropped, stretched, or with grey bars.",
      valueName: "crop|stretch|letterbox"))
  var fit: Fit?

  enum ChannelOrder: String, ExpressibleByArgument, CaseIterable, Codable { case rgb, bgr }
  enum Fit: String, ExpressibleByArgument, CaseIterable, Codable { case crop, stretch, letterbox }

  func validate() throws {
    if let preset, Preprocessing.preset(named: preset) == nil {
      let names = Preprocessing.presets.map(\.name).joined(separator: ", ")
      throw ValidationError("there is no preset '\(preset)'; choose \(names)")
    }
    if let std, std.numbers.contains(0) { throw ValidationError("--std 0 would divide by zero; 1 changes nothing") }
    if let scale, !scale.isFinite || scale == 0 { throw ValidationError("--scale \(scale) leaves nothing to see") }
  }

  /// Whether the user left the numbers to us.
  var isAssumed: Bool { preset == nil && mean == nil && std == nil && scale == nil }

  /// Whether anything was said, the size aside.
  var isGiven: Bool { !isAssumed || channelOrder != nil || fit != nil }

  /// The recipe for a network with such an input; `native`, the network's own, holds where the user says nothing.
  func preprocessing(for input: InputExtent, native: Preprocessing? = nil) throws -> Preprocessing {
    var recipe = Preprocessing.preset(named: preset ?? defaultPreset(channels: input.channels)) ?? .unit
    recipe.resize = .usual(height: input.height, width: input.width)
    if isAssumed, let native { recipe = native }
    if let mean { recipe.mean = try mean.spread(over: input.channels, option: "--mean") }
    if let std { recipe.deviation = try std.spread(over: input.channels, option: "--std") }
    if let scale { recipe.scale = scale }
    if let channelOrder { recipe.channelOrder = channelOrder == .bgr ? .bgr : .rgb }
    switch fit {
    case .crop, nil: break
    case .stretch: recipe.resize = .exact
    case .letterbox: recipe.resize = .letterbox(fill: 114)
    }
    return recipe
  }

  /// The preset taken where none is named; explicit numbers start from plain 0…1.
  func defaultPreset(channels: Int) -> String { isAssumed && channels == 3 ? "imagenet" : "unit" }
}
