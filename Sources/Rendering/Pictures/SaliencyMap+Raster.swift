public import AttributionKit
public import Images
import Tensors

extension SaliencyMap {
  /// The map in color, a pixel for each of its values.
  ///
  /// - Parameter colorMap: What evidence or signs are colored with; ``ColorMap/gray`` and ``ColorMap/diverging`` by
  ///   default. A texture brings its own colors: its channels are red, green and blue, a single one is all three, and
  ///   of two the blue is the middle.
  /// - Returns: A picture of the map's extent.
  public func raster(in colorMap: ColorMap? = nil) -> Raster {
    guard let usual = ColorMap(usualFor: display) else { return texture }
    return (colorMap ?? usual).raster(of: values)
  }

  private var texture: Raster {
    let (channels, area) = (values.shape[0], height * width)
    var picture = Raster(width: width, height: height, fill: (128, 128, 128))
    for channel in 0..<3 where channels == 1 || channel < channels {
      let start = channels == 1 ? 0 : channel * area
      for i in 0..<area { picture.samples[3 * i + channel] = UInt8((values.scalars[start + i] * 255).rounded()) }
    }
    return picture
  }
}

extension ColorMap {
  /// What a display is colored with on its own, with no photograph under it; `nil` for a texture.
  init?(usualFor display: Display) {
    switch display {
    case .evidence: self = .gray
    case .signed: self = .diverging
    case .texture: return nil
    }
  }
}

extension ComparisonSheet.ColorBar {
  /// What the colors of a map mean in units of its attribution; `nil` for a texture.
  ///
  /// - Parameters:
  ///   - map: What is shown.
  ///   - colorMap: What it is colored with, as for ``AttributionKit/SaliencyMap/raster(in:)``.
  public init?(for map: SaliencyMap, in colorMap: ColorMap? = nil) {
    guard let full = map.fullScale.map(Double.init), let usual = ColorMap(usualFor: map.display) else { return nil }
    self.init(colorMap ?? usual, range: (map.display == .signed ? -full : 0)...full)
  }
}
