import ArgumentParser
import Rendering

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

  /// Makes sure that the colour map is there, which only the plugins loaded tell.
  func checkNames() throws(Failure) {
    let catalogue = Catalogue.current
    guard catalogue.colorMap(named: colormap) == nil else { return }
    throw .usage(
      "there is no colour map '\(colormap)'; choose \(catalogue.colorMaps.map(\.name).joined(separator: ", "))")
  }

  var overlay: Overlay {
    Overlay(colorMap: Catalogue.current.colorMap(named: colormap) ?? .viridis, opacity: opacity)
  }

  /// A diverging colour map asks for signs everywhere, unless pixels were spoken of.
  var pixelDisplay: PixelPicture {
    pixels?.picture ?? (overlay.colorMap.isDiverging ? .signed : .grey)
  }
}

/// What `--pixels` takes.
enum PixelDisplay: String, ExpressibleByArgument, CaseIterable {
  case grey, signed, color

  var picture: PixelPicture {
    switch self {
    case .grey: .grey
    case .signed: .signed
    case .color: .color
    }
  }
}
