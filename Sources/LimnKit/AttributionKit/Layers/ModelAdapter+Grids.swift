extension ModelAdapter {
  /// The last layer of each grid on the way to `deepest`, which is the last of them: what methods take that fuse layers,
  /// the finest grid first.
  ///
  /// Of a network that halves its maps five times, the last layer before each halving, and the deepest. The input is none
  /// of them, and grids coarser than the deepest's are left out.
  public func lastLayersOfGrids(upTo deepest: Layer) -> [Layer] {
    let inputs = Set(inputs.map(\.layer) + [input])
    let area = deepest.shape.suffix(2).reduce(1, *)
    var last: [[Int]: (index: Int, layer: Layer)] = [:]
    for (index, layer) in layers.enumerated() {
      let grid = Array(layer.shape.suffix(2))
      if layer.isSpatial, layer.reachesScore, !inputs.contains(layer), grid.reduce(1, *) > area {
        last[grid] = (index, layer)
      }
      if layer == deepest { break }
    }
    return last.values.sorted { $0.index < $1.index }.map(\.layer) + [deepest]
  }
}
