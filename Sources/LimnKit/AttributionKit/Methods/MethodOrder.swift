extension [any AttributionMethod] {
  /// The indices of the methods in the order in which they share the most of a walk back through `model`; those that are
  /// alike keep theirs.
  ///
  /// A walk goes on from a deep layer to shallower ones, never back. Hence methods run by the shallowest layer that they
  /// attribute to, the deepest of these first and the input last; of those that end at the same layer, the one that
  /// begins at the deepest goes first.
  func walkOrder(in model: any ModelAdapter) -> [Int] {
    let ends = map { method in
      let depths = method.depths(in: model)
      return (-(depths.min() ?? 0), -(depths.max() ?? 0))
    }
    return indices.sorted { (ends[$0].0, ends[$0].1, $0) < (ends[$1].0, ends[$1].1, $1) }
  }

  /// What each makes of the session, in the order of the methods.
  func attributions(in session: ExplanationSession) throws -> [Attribution] {
    var made: [Attribution?] = map { _ in nil }
    for index in walkOrder(in: session.model) { made[index] = try self[index].attribution(in: session) }
    return made.compactMap { $0 }
  }
}

extension AttributionMethod {
  /// How many layers lie before each of those that the method and its parts attribute to; zero for the input.
  fileprivate func depths(in model: any ModelAdapter) -> [Int] {
    var depths = parts.flatMap { $0.depths(in: model) }
    if let layer = try? (self as? any LayerMethod)?.targetLayer.resolve(in: model),
      let depth = model.layers.firstIndex(of: layer)
    {
      depths.append(depth)
    }
    return depths.isEmpty ? [0] : depths
  }
}
