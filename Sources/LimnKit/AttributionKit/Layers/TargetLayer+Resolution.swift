@_spi(Limn) import Tensors

extension TargetLayer {
  /// The layer of `model` this selects, one with a spatial extent.
  ///
  /// A name that matches exactly wins over its reading as a glob or an index, since layer names may hold brackets. Where no
  /// layer is called `input`, that is the image.
  ///
  /// - Throws: ``AttributionError`` with the nearest names and their shapes.
  public func resolve(in model: some ModelAdapter) throws -> Layer {
    guard case .matching(let pattern) = self else {
      guard let automatic = model.automaticLayer else { throw AttributionError.noSpatialLayer }
      return automatic.layer
    }
    let layers = model.layers
    if let named = model.layer(named: pattern) {
      guard named.isSpatial else {
        throw AttributionError.notSpatial(named, nearest: neighbors(of: named, in: layers))
      }
      return named
    }
    let matches = pattern.contains { "*?".contains($0) } ? layers.filter { Glob(pattern).matches($0.name) } : []
    let spatial = matches.filter(\.isSpatial)
    if spatial.count > 1 { throw AttributionError.ambiguousLayer(pattern, candidates: spatial) }
    if let only = spatial.first { return only }
    if let flat = matches.first {
      throw AttributionError.notSpatial(flat, nearest: neighbors(of: flat, in: layers))
    }
    let namesLikeIt = IndexedName(pattern)?.layers(in: layers) ?? []
    throw AttributionError.noSuchLayer(
      pattern, nearest: nearest(to: pattern, among: namesLikeIt.isEmpty ? layers : namesLikeIt, limit: 3) { $0.name })
  }

  /// Every layer of `model` that this may mean, with or without a spatial extent: the one of that name or at that index,
  /// or all that fit the glob; none where there is none.
  public func matches(in model: some ModelAdapter) -> [Layer] {
    guard case .matching(let pattern) = self else { return model.automaticLayer.map { [$0.layer] } ?? [] }
    let layers = model.layers
    if let named = model.layer(named: pattern) {
      return [named]
    }
    return layers.filter { Glob(pattern).matches($0.name) }
  }

  /// The spatial layers evaluated just before `layer`, or else the first after it.
  private func neighbors(of layer: Layer, in layers: [Layer]) -> [Layer] {
    let position = layers.firstIndex(of: layer) ?? layers.endIndex
    let before = layers[..<position].filter { $0.isSpatial && $0.reachesScore }.suffix(3)
    return before.isEmpty ? Array(layers[position...].filter(\.isSpatial).prefix(3)) : before.reversed()
  }
}

extension ModelAdapter {
  /// The layer of this name, or at this place among its kind; `input` is the image, whatever the network calls it.
  fileprivate func layer(named name: String) -> Layer? {
    layers.first { $0.name == name } ?? IndexedName(name)?.layer(in: layers) ?? (name == "input" ? input : nil)
  }
}

/// A layer by its place among its kind: `conv[2]` from the front, `conv[-1]` from the end.
struct IndexedName {
  let word: String
  let index: Int

  init?(_ text: String) {
    guard text.hasSuffix("]"), let bracket = text.lastIndex(of: "["), bracket != text.startIndex,
      let index = Int(text[text.index(after: bracket)...].dropLast())
    else { return nil }
    word = text[..<bracket].lowercased()
    self.index = index
  }

  /// The layers counted: those whose operator or name begins with the word.
  func layers(in layers: [Layer]) -> [Layer] {
    layers.filter { $0.operatorName.lowercased().hasPrefix(word) || $0.name.lowercased().hasPrefix(word) }
  }

  func layer(in layers: [Layer]) -> Layer? {
    let counted = self.layers(in: layers)
    let place = index < 0 ? counted.count.advanced(by: max(index, -counted.count - 1)) : index
    return counted.indices.contains(place) ? counted[place] : nil
  }
}
