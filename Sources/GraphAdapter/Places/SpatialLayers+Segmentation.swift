import AttributionKit

extension SpatialLayers {
  /// The layer that maps of a segmentation are drawn on where none is named.
  ///
  /// The deepest stack of maps is the answer itself, which explains nothing. Vinogradova et al. (AAAI 2020) find the
  /// bottleneck of a U-Net the most telling: it is the widest layer, on the coarsest grid, as is the end of the backbone
  /// in other designs. A layer that others of its grid bypass, such as one inside of a residual block, is not chosen.
  func widestLayer(among layers: [Layer]) -> AutomaticLayer? {
    let spatial = layers.dropFirst().filter { layouts[$0.name] != nil && $0.reachesScore }
    let areas = Set(spatial.map(\.area))
    let candidates = areas.flatMap { area in
      bottlenecks(among: spatial.filter { $0.area == area }, bypassedBy: spatial.filter { $0.area <= area })
    }
    guard let widest = candidates.map({ $0.shape[0] }).max() else { return automaticLayer(among: layers) }
    let coarsest = candidates.filter { $0.shape[0] == widest }.map(\.area).min()
    let chosen = Set(candidates.filter { $0.shape[0] == widest && $0.area == coarsest })
    guard let deepest = spatial.last(where: chosen.contains) else { return nil }
    return AutomaticLayer(deepest, because: "the deepest of the widest stacks of maps")
  }
}

extension Layer {
  /// How many places a stack of maps has.
  fileprivate var area: Int { shape[1] * shape[2] }
}
