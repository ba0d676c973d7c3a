public import AttributionKit
public import Rendering

/// How attributions are drawn.
public struct DrawingStyle: Hashable, Sendable {
  /// The colours of maps.
  public var colorMap: ColorMap
  /// How much of a map covers the photograph, from 0 to 1.
  public var opacity: Float
  /// How attributions of pixels are drawn; `nil` for their signs with a diverging colour map and their size otherwise.
  public var pixels: Display?

  /// A style; without arguments, the command's own.
  public init(colorMap: ColorMap = .viridis, opacity: Float = 0.5, pixels: Display? = nil) {
    self.colorMap = colorMap
    self.opacity = opacity
    self.pixels = pixels
  }

  var overlay: Overlay { Overlay(colorMap: colorMap, opacity: opacity) }

  /// A diverging colour map asks for signs everywhere, unless pixels were spoken of.
  var pixelDisplay: Display { pixels ?? (colorMap.isDiverging ? .signed : .evidence) }
}
