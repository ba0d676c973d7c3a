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

  @Option(help: "Of a detector, shows the box that is explained and what lies around it alone: 'box'.")
  var focus: Focus?

  @Option(
    name: .customLong("boxes"),
    help: ArgumentHelp(
      "Marks the connected parts in which a map reaches this share of its maximum, such as 0.15, and lists them: box, area, "
        + "share of the evidence, centroid.", valueName: "share"))
  var regions: Float?

  @Flag(help: "Cuts pictures to the part of the map with the most evidence, from 0.15 of its maximum, or --boxes, on.")
  var crop = false

  /// What `--focus` takes.
  enum Focus: String, ExpressibleByArgument, CaseIterable { case box }

  func validate() throws {
    guard (0...1).contains(opacity) else { throw ValidationError("--opacity \(opacity) is not between 0 and 1") }
    if let regions, !(regions > 0 && regions <= 1) {
      throw ValidationError("--boxes \(regions): give a share of the map's maximum above 0, up to 1")
    }
  }

  /// Makes sure that the network finds boxes where one is to be shown alone.
  func check(for explainer: Explainer) throws(Failure) {
    guard focus == .box, explainer.detectionHead == nil else { return }
    throw .usage(
      "--focus box shows a box that a detector found, and this network answers otherwise: leave it out; --crop cuts "
        + "pictures to the part with the most evidence")
  }

  /// The style; only the catalogue tells whether the colour map is there.
  func style(from catalogue: Catalogue) throws(Failure) -> DrawingStyle {
    guard let colorMap = catalogue.colorMap(named: colormap) else {
      throw .usage(
        "there is no colour map '\(colormap)'; choose \(catalogue.colorMaps.map(\.name).joined(separator: ", "))")
    }
    var style = DrawingStyle(colorMap: colorMap, opacity: opacity, pixels: pixels?.display)
    style.focusesOnBox = focus == .box
    (style.regionsAbove, style.cropsToRegion) = (regions, crop)
    return style
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
