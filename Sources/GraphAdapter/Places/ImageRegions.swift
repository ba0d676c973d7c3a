import GraphEngine

/// For every value of a network, which part of the image each of its scalars stands for, as far as the operators tell.
struct ImageRegions {
  private var maps: [String: RegionMap] = [:]
  private var grids: [[Int]: RegionMap] = [:]
  private let plan: Plan

  /// Follows the places of an image `[1, …]`, named `image`, through the network.
  init(of plan: Plan, image: String) {
    self.plan = plan
    let shape = plan.shape(of: image) ?? []
    if shape.count == 4 {
      // Networks from TensorFlow may take channels last; no image is three pixels high.
      let isLast = ![1, 3].contains(shape[1]) && [1, 3].contains(shape[3])
      maps[image] =
        isLast
        ? grid(height: shape[1], width: shape[2]).transposed([0, 2, 3, 1]) : grid(height: shape[2], width: shape[3])
    }
    for step in plan.steps { maps[step.name] = map(after: step) }
  }

  func map(of name: String) -> RegionMap { maps[name] ?? .whole(rank: plan.shape(of: name)?.count ?? 0) }

  /// Where the maps of a value lie; `nil` where it is no stack of maps.
  func layout(of name: String) -> MapLayout? {
    guard let map = maps[name], let shape = plan.shape(of: name) else { return nil }
    if map.rank == 4, shape[0] == 1, let grid = grids[Array(shape[2...])], grid == map {
      return shape[2] * shape[3] > 1 ? MapLayout(channels: shape[1], height: shape[2], width: shape[3]) : nil
    }
    return MapLayout(of: map, shape: shape)
  }

  /// The grid over the whole image, one for all values, so that comparing two is quick.
  mutating func grid(height: Int, width: Int) -> RegionMap {
    if let known = grids[[height, width]] { return known }
    let grid = RegionMap.grid(height: height, width: width)
    grids[[height, width]] = grid
    return grid
  }

  /// Whether this is a stack of maps as a convolution takes it.
  func isGrid(_ map: RegionMap, height: Int, width: Int) -> Bool {
    if grids[[height, width]] == map { return true }
    guard map.extents == [1, 1, height, width], let grid = PlaceGrid(of: map) else { return false }
    let first = grid.positions[0]
    return grid.positions.indices.allSatisfy {
      grid.positions[$0] == first + $0 / grid.width * width + $0 % grid.width
    }
  }

  func shape(of name: String) -> [Int] { plan.shape(of: name) ?? [] }
}
