/// For every value of a network, which part of the image each of its scalars stands for, as far as the operators tell.
package struct ImageRegions {
  private var maps: [String: RegionMap] = [:]
  private var grids: [[Int]: RegionMap] = [:]
  /// The values whose places are taken to be the image's, though how they came about is not known.
  private var assumed: Set<String> = []
  private let plan: Plan

  /// Follows the places of an image `[1, …]`, named `image`, through the network.
  package init(of plan: Plan, image: String) {
    self.plan = plan
    let shape = plan.shape(of: image) ?? []
    if shape.count == 4 {
      // Networks from TensorFlow may take channels last; no image is three pixels high.
      let isLast = ![1, 3].contains(shape[1]) && [1, 3].contains(shape[3])
      maps[image] =
        isLast
        ? grid(height: shape[1], width: shape[2]).transposed([0, 2, 3, 1]) : grid(height: shape[2], width: shape[3])
    }
    var fromImage: Set<String> = [image]
    for step in plan.steps where step.node.inputs.contains(where: fromImage.contains) {
      fromImage.insert(step.name)
      let (map, isAssumed) = map(after: step)
      maps[step.name] = step.node.op.kind == .movement ? refined(map, of: self.shape(of: step.name)) : map
      if map.hasPlaces, isAssumed || step.node.inputs.contains(where: assumed.contains) { assumed.insert(step.name) }
    }
  }

  /// The regions of a value's scalars; without places where the value does not come from the image.
  package func map(of name: String) -> RegionMap { maps[name] ?? .whole(rank: shape(of: name).count) }

  /// Whether a value's places are taken to be the image's, though what lies between takes them apart.
  package func areAssumed(_ name: String) -> Bool { assumed.contains(name) }

  /// Whether a value `[…, height, width]` has the very grid that covers the image, rows and columns last.
  package func hasWholeGrid(_ name: String) -> Bool {
    let map = map(of: name)
    return map.rank == 4 && grids[Array(shape(of: name)[2...])] == map
  }

  /// The grid over the whole image, one for all values, so that comparing two is quick.
  mutating func grid(height: Int, width: Int) -> RegionMap {
    if let known = grids[[height, width]] { return known }
    let grid = RegionMap.grid(over: .whole, height: height, width: width)
    grids[[height, width]] = grid
    return grid
  }

  /// Whether a value `[N, C, H, W]` is a stack of maps of the image as a convolution takes it, but for margins that a
  /// window needs which makes so many rows and columns of it.
  func isGrid(_ map: RegionMap, of shape: [Int], to extents: [Int], coveringAll coversAll: Bool = false) -> Bool {
    if grids[Array(shape[2...])] == map { return true }
    guard map.extents == [1, 1, shape[2], shape[3]], let grid = PlaceGrid(of: map, covering: 0.75) else { return false }
    return grid.isInOrder(shape[3]) && !grid.isCut
      && Margins(of: map, around: grid, to: extents, coveringAll: coversAll)?.exceed == false
  }

  /// Where every cell of a grid has become as many rows and columns of cells, all of which still bear its region, as where
  /// pixels are shuffled from channels: the finer grid.
  ///
  /// Other maps stay as they are.
  private mutating func refined(_ map: RegionMap, of shape: [Int]) -> RegionMap {
    guard map.rank == 4, map.extents == [1, 1, shape[2], shape[3]], map.regions[0].isPlace else { return map }
    let (height, width, first) = (shape[2], shape[3], map.regions[0])
    let columns = (0..<width).first { map.regions[$0] != first } ?? width
    let rows = (0..<height).first { map.regions[$0 * width] != first } ?? height
    guard rows > 1 || columns > 1, height % rows == 0, width % columns == 0 else { return map }
    let coarse = grid(height: height / rows, width: width / columns)
    let isRepeated = map.regions.indices.allSatisfy { place in
      map.regions[place] == coarse.regions[place / width / rows * (width / columns) + place % width / columns]
    }
    return isRepeated ? grid(height: height, width: width) : map
  }

  func shape(of name: String) -> [Int] { plan.shape(of: name) ?? [] }
}
