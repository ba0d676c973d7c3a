import ArgumentParser
import AttributionKit
import Explaining
import Rendering
import Reporting

/// How maps are drawn.
struct RenderingOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "The colours of the maps: \(ColorMap.allNames.joined(separator: ", ")).", valueName: "name"))
  var colormap = "viridis"

  @Option(help: ArgumentHelp("How much of a map covers the photograph, from 0 to 1.", valueName: "share"))
  var opacity: Float = 0.5

  @Option(
    help: "How attributions of pixels are drawn: their size, their sign, or their texture.")
  var pixels: PixelDisplay?

  func validate() throws {
    guard (0...1).contains(opacity) else { throw ValidationError("--opacity \(opacity) is not between 0 and 1") }
  }

  /// The style; only the catalogue tells whether the colour map is there.
  func style(from catalogue: Catalogue) throws(Failure) -> DrawingStyle {
    guard let colorMap = catalogue.colorMap(named: colormap) else {
      throw .usage(
        "there is no colour map '\(colormap)'; choose \(catalogue.colorMaps.map(\.name).joined(separator: ", "))")
    }
    return DrawingStyle(colorMap: colorMap, opacity: opacity, pixels: pixels?.display)
  }
}

/// What `--pixels` takes.
enum PixelDisplay: String, ExpressibleByArgument, CaseIterable {
  case gray = "grey"
  case signed, color

  var display: Display {
    switch self {
    case .gray: .evidence
    case .signed: .signed
    case .color: .texture
    }
  }
}
