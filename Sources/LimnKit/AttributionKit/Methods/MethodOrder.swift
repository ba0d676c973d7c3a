/// How methods share one walk back through the network.
///
/// A walk goes on from a deep layer to shallower ones, never back: what has been passed must be walked to anew.
extension ExplanationSession {
  /// Walks back to every layer whose plain gradient these methods and their parts will ask for, the deepest first.
  ///
  /// Run one by one, a method on several layers could leave the walk behind a layer that the next one needs. The gradients
  /// are remembered; what cannot be had is left for the method to complain of.
  func walkBack(for methods: [any AttributionMethod]) {
    // One layer may be asked for as maps and as the network holds it.
    let layers = Dictionary(grouping: Set(methods.flatMap { $0.differentiatedLayers(in: model) }), by: \.name)
    for layer in model.layers.reversed() {
      for asked in layers[layer.name] ?? [] { _ = try? gradient(at: asked) }
    }
  }
}

extension [any AttributionMethod] {
  /// The indices of the methods in the order in which they share the most of a walk back through `model`; those that are
  /// alike keep theirs.
  ///
  /// Methods run by the shallowest layer that they attribute to, the deepest of these first and the input last; of those
  /// that end at the same layer, the one that begins at the deepest goes first.
  func walkOrder(in model: any ModelAdapter) -> [Int] {
    let ends = map { method in
      let depths = method.depths(in: model)
      return (-(depths.min() ?? 0), -(depths.max() ?? 0))
    }
    return indices.sorted { (ends[$0].0, ends[$0].1, $0) < (ends[$1].0, ends[$1].1, $1) }
  }

  /// What each makes of the session, in the order of the methods.
  func attributions(in session: ExplanationSession) throws -> [Attribution] {
    session.walkBack(for: self)
    var made: [Attribution?] = map { _ in nil }
    for index in walkOrder(in: session.model) { made[index] = try self[index].attribution(in: session) }
    return made.compactMap { $0 }
  }
}

extension AttributionMethod {
  /// How many layers lie before each of those that the method and its parts attribute to; zero for the input.
  fileprivate func depths(in model: any ModelAdapter) -> [Int] {
    var depths = parts.flatMap { $0.depths(in: model) }
    let names = Set(([ownLayer(in: model)].compactMap { $0 } + gradientLayers(in: model)).map(\.name))
    depths += names.isEmpty ? [] : model.layers.indices.filter { names.contains(model.layers[$0].name) }
    return depths.isEmpty ? [0] : depths
  }

  /// The layers of which the method and its parts ask the plain gradient, as far as they say.
  fileprivate func differentiatedLayers(in model: any ModelAdapter) -> [Layer] {
    let layers = parts.flatMap { $0.differentiatedLayers(in: model) } + gradientLayers(in: model)
    guard let layer = ownLayer(in: model), layer.reachesScore, cost(on: model).sharesPlainWalk else { return layers }
    return layers + [layer]
  }

  private func ownLayer(in model: any ModelAdapter) -> Layer? {
    try? (self as? any LayerMethod)?.targetLayer.resolve(in: model)
  }
}

extension Cost {
  /// Whether the walk back by the operators' own derivatives is among the shared ones.
  fileprivate var sharesPlainWalk: Bool { !sharedWalks.isDisjoint(with: Cost.shared.sharedWalks) }
}
