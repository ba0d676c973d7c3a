import Tensors

/// Attributions of several methods brought to one scale and one grid, so that they can be held against each other.
///
/// Each is divided by its own strength, since a gradient and a weighted activation have no unit in common: by what
/// ``Display/signed`` shows at full intensity. Zero stays zero, and signs stay. The grid is the finest among them, over which the others are
/// stretched bilinearly. Where maps and pixels meet, the channels of the pixels are added up first.
struct CommonGround {
  /// All of one shape, in the order of the methods.
  let values: [Tensor]
  let layer: Layer
  let facts: [Fact]

  /// - Throws: ``AttributionError/nothingToCombine``, ``AttributionError/incompatibleGrids(_:_:)`` for pixels of different
  ///   inputs.
  init(of methods: [any AttributionMethod], in session: ExplanationSession) throws {
    guard !methods.isEmpty else { throw AttributionError.nothingToCombine }
    let attributions = try methods.attributions(in: session)
    let haveMaps = attributions.contains(where: \.isMap)
    if haveMaps, let other = attributions.first(where: { !$0.isMap && !$0.isImage }) {
      throw AttributionError.incompatibleGrids(attributions[0].values.shape, other.values.shape)
    }
    let parts = attributions.map { (values: $0.strengths(summingChannels: haveMaps), attribution: $0) }
    let finest = parts.dropFirst().reduce(parts[0]) { finest, next in
      next.attribution.height * next.attribution.width > finest.attribution.height * finest.attribution.width
        ? next : finest
    }
    let shape = finest.values.shape
    values = try parts.map { part in
      if part.values.shape == shape { return part.values }
      guard haveMaps else { throw AttributionError.incompatibleGrids(shape, part.values.shape) }
      return part.values.resized(height: shape[0], width: shape[1])
    }
    layer = finest.attribution.layer
    facts = .merged(attributions.map(\.facts))
  }

  func attribution(_ values: Tensor) -> Attribution { Attribution(values, at: layer, facts: facts) }
}

extension Attribution {
  /// The values in units of their own strength; pixels as a map where their channels are summed.
  fileprivate func strengths(summingChannels: Bool) -> Tensor {
    let values = isMap || !summingChannels ? values : planes.channelSum()
    // What is zero everywhere stays so.
    return values / strength(of: values.magnitudes().finite()).replacingZeros(by: Tensor([1], shape: []))
  }
}
