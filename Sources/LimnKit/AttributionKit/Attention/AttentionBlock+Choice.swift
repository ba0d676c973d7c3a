@_spi(Limn) import Tensors

extension TargetLayer {
  /// The block of attention that this selects: the last one unless told otherwise, one by its number (`0` the first, `-1`
  /// the last), or by the layer that holds its weights.
  ///
  /// - Throws: ``AttributionError/unfollowedAttention(_:)`` where `model` has none, or none of that number;
  ///   ``AttributionError/noSuchLayer(_:nearest:)`` with the blocks nearest by name,
  ///   ``AttributionError/ambiguousLayer(_:candidates:)``.
  public func attentionBlock(of model: any ModelAdapter) throws -> AttentionBlock {
    if let reason = Need.missingAttention(in: model) { throw AttributionError.unfollowedAttention(reason) }
    let blocks = (model as? any AttentionModel)?.attentionBlocks ?? []
    guard case .matching(let pattern) = self else { return blocks[blocks.count - 1] }
    let layers = blocks.map(\.weights)
    if let number = Int(pattern), let block = blocks.element(counting: number) { return block }
    if let layer = layers.first(where: { $0.name == pattern }) ?? IndexedName(pattern)?.layer(in: layers),
      let block = blocks.first(where: { $0.weights == layer })
    {
      return block
    }
    if Int(pattern) != nil {
      throw AttributionError.unfollowedAttention(
        "there is no block \(pattern): the network has \(blocks.count), numbered from 0, or from -1 backwards")
    }
    let matches = blocks.filter { Glob(pattern).matches($0.weights.name) }
    if matches.count > 1 { throw AttributionError.ambiguousLayer(pattern, candidates: matches.map(\.weights)) }
    guard let only = matches.first else {
      throw AttributionError.noSuchLayer(pattern, nearest: nearest(to: pattern, among: layers, limit: 3) { $0.name })
    }
    return only
  }
}

extension Array {
  /// The element of this index, counted from the end where it is negative.
  fileprivate func element(counting index: Int) -> Element? {
    let place = index < 0 ? count.advanced(by: Swift.max(index, -count - 1)) : index
    return indices.contains(place) ? self[place] : nil
  }
}

extension Parameter {
  /// The parameter that chooses a block of attention, `layer`.
  public static func attentionBlock(_ setting: any WritableKeyPath<Method, TargetLayer> & Sendable) -> Parameter {
    Parameter(
      "layer", setting, help: "the block of attention that is shown; automatic is the last",
      expected: "a block's number from 0, from the end -1, or the name of the layer with its weights")
  }
}
