extension TargetLayer {
  /// The layer of `model` this selects, one with a spatial extent.
  ///
  /// - Throws: ``AttributionError`` with the nearest names and their shapes.
  public func resolve(in model: some ModelAdapter) throws -> Layer {
    guard case .matching(let pattern) = self else {
      guard let automatic = model.automaticLayer else { throw AttributionError.noSpatialLayer }
      return automatic.layer
    }
    guard let layer = model.layers.first(where: { $0.name == pattern }) else {
      throw AttributionError.noSuchLayer(pattern, nearest: [])
    }
    return layer
  }
}
