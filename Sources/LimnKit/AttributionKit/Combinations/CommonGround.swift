import Tensors

/// Attributions of several methods brought to one scale and one grid, so that they can be held against each other.
///
/// Each is divided by its own strength, since a gradient and a weighted activation have no unit in common: by the
/// largest magnitude of a map, by the 99th percentile of the magnitudes of pixels, which is what pictures of them show
/// at full intensity. Zero stays zero, and signs stay. The grid is the finest among them, over which the others are
/// stretched bilinearly. Where maps and pixels meet, the channels of the pixels are added up first.
struct CommonGround {
  /// All of one shape, in the order of the methods.
  let values: [Tensor]
  let layer: Layer
  let coverage: RuleCoverage?
  /// What was remarked on any of them, once each.
  let remarks: [String]

  /// - Throws: ``AttributionError/incompatibleGrids(_:_:)`` for pixels of different inputs.
  init(of methods: [any AttributionMethod], in session: ExplanationSession) throws {
    precondition(!methods.isEmpty, "there is nothing to combine")
    let attributions = try methods.attributions(in: session)
    let haveMaps = attributions.contains(where: \.isMap)
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
    coverage = attributions.lazy.compactMap(\.coverage).first
    remarks = attributions.flatMap(\.remarks).reduce(into: []) { if !$0.contains($1) { $0.append($1) } }
  }

  func attribution(_ values: Tensor) -> Attribution {
    Attribution(values, at: layer, coverage: coverage, remarks: remarks)
  }
}

extension Attribution {
  /// The values in units of their own strength; pixels as a map where their channels are summed.
  fileprivate func strengths(summingChannels: Bool) -> Tensor {
    let values = isMap || !summingChannels ? values : planes.channelSum()
    let sizes = values.map { $0.isFinite ? abs($0) : 0 }
    let largest = sizes.scalars.max() ?? 0
    var full = isMap ? largest : sizes.percentile(99)
    // Pixels so few that a percentile misses them.
    if full == 0 { full = largest }
    return full > 0 ? values.map { $0 / full } : values
  }
}

extension [any AttributionMethod] {
  /// What each makes of the session, in their order; those for the deepest layers are asked first, so that the others
  /// continue the same walk back through the network.
  func attributions(in session: ExplanationSession) throws -> [Attribution] {
    var made: [Attribution?] = map { _ in nil }
    let places = map { ($0 as? any ClassActivationMapping)?.place(in: session) ?? 1 }
    for index in indices.sorted(by: { (places[$0], $0) < (places[$1], $1) }) {
      made[index] = try self[index].attribution(in: session)
    }
    return made.compactMap { $0 }
  }
}

extension ClassActivationMapping {
  /// Where among methods this is best run: the deeper the layer, the lower; zero where there is none.
  func place(in session: ExplanationSession) -> Int {
    guard let layer = try? targetLayer.resolve(in: session.model) else { return 0 }
    return -1 - (session.model.layers.firstIndex(of: layer) ?? 0)
  }
}
