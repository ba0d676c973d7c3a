public import AttributionKit
public import Explaining
public import Images

/// Facts that are read off a map, in pixels of the photograph.
extension Inquiry {
  /// The connected parts in which a map's evidence reaches a share of its maximum, the strongest first.
  public func regions(of attribution: Attribution, above share: Float) -> [MapRegion] {
    evidence(of: attribution).regions(above: share)
  }

  /// A map's evidence as a grey picture of the photograph's extent: white where it reaches a share of the maximum, or,
  /// without a share, 16 bits from nothing to the maximum.
  public func mask(of attribution: Attribution, above share: Float? = nil) -> GrayRaster {
    let map = evidence(of: attribution)
    guard let share else { return GrayRaster(levels: map.values, width: map.width, height: map.height) }
    return GrayRaster(mask: map.mask(above: share), width: map.width, height: map.height)
  }

  private func evidence(of attribution: Attribution) -> ProjectedMap {
    Painter(on: picture, style: DrawingStyle()).evidence(of: attribution)
  }
}
