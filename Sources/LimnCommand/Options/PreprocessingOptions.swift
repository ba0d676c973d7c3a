import ArgumentParser
import AttributionKit
import Explaining

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
  var size: ImageSize?

  @Option(help: "The order of the network's colour channels.")
  var channelOrder: Recipe.ChannelOrder?

  @Option(
    help: ArgumentHelp(
      "How a photograph of other proportions is fitted: its centre cropped, stretched, or with grey bars.",
      valueName: "crop|stretch|letterbox"))
  var fit: Recipe.Fit?

  func validate() throws {
    do { try recipe.check() } catch {
      throw ValidationError(Hint.completing(error.description, about: error.setting))
    }
  }

  /// What the options say of the recipe.
  var recipe: Recipe {
    Recipe(
      preset: preset, mean: mean?.numbers, deviation: std?.numbers, scale: scale, channelOrder: channelOrder, fit: fit,
      size: size)
  }
}
