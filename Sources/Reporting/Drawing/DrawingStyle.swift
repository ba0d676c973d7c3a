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

  /// Whether only a detector's box and what lies around it is shown.
  public var focusesOnBox = false

  /// From which share of a map's maximum on its connected parts are marked; `nil` for none.
  public var regionsAbove: Float?
  /// Whether pictures are cut to the part of a map with the most evidence.
  public var cropsToRegion = false

  /// From which share parts count where nothing is said: that of the boxes of Grad-CAM (arXiv:1610.02391, section 4.1).
  public static let usualShare: Float = 0.15

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
