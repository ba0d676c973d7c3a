/// What an operator does to the rows and columns of the image.
extension ImageRegions {
  mutating func map(after step: PlannedStep) -> RegionMap {
    let inputs = step.node.inputs.map(map(of:)), shapes = step.node.inputs.map(shape(of:))
    let shape = shape(of: step.name), flow = step.node.op.placeFlow(of: shapes)
    let regions = { flow.regions(of: inputs, shapes: shapes, to: shape) }
    switch flow {
    case .window(let kernel, _): return slid(regions(), kernel: kernel, from: shapes[0], to: shape)
    // With channels last, axes 2 and 3 are no rows and columns: scalars move exactly then, as where Swin merges patches.
    case .picks(let positions) where thinsOut(positions, of: shapes[0]) && isGrid(inputs[0], of: shapes[0]):
      return slid(inputs[0], kernel: [1, 1], from: shapes[0], to: shape)
    default: return regions()
    }
  }

  /// A window slid over rows and columns.
  private mutating func slid(_ map: RegionMap, kernel: [Int], from shape: [Int], to newShape: [Int]) -> RegionMap {
    if let stack = slidStack(map, from: shape, to: newShape) { return stack }
    if shape.count == 4 {
      let (height, width) = (newShape[2], newShape[3])
      if isGrid(map, of: shape) { return grid(height: height, width: width) }
      // A part of the image that goes its own way: its rows and columns stay within it.
      if let box = map.box { return .grid(over: box, height: height, width: width) }
      // Where neighbours matter in both directions there are places, even if it is not known how they came here.
      let hasNeighbors = kernel.allSatisfy { $0 > 1 } && height > 1 && width > 1
      if !map.hasPlaces, hasNeighbors { return grid(height: height, width: width) }
    }
    return shape.dropFirst(2) == newShape.dropFirst(2) ? map : .whole(rank: shape.count)
  }

  /// A window slid over slices that lie one beneath the other on the image, `[1, C, D, H, W]`, over frames that do,
  /// `[D, C, H, W]`, or over a single row, `[1, C, T]`: its slices tile the image anew.
  private mutating func slidStack(_ map: RegionMap, from shape: [Int], to newShape: [Int]) -> RegionMap? {
    func axes(_ shape: [Int]) -> (extents: [Int], rows: Int, width: Int)? {
      switch shape.count {
      case 5 where shape[0] == 1: ([1, 1] + shape[2...], shape[2] * shape[3], shape[4])
      case 4 where shape[0] > 1: ([shape[0], 1] + shape[2...], shape[0] * shape[2], shape[3])
      case 3 where shape[0] == 1: ([1, 1, shape[2]], 1, shape[2])
      default: nil
      }
    }
    guard let old = axes(shape), let new = axes(newShape), map.extents == old.extents, map.hasPlaces,
      isGrid(
        RegionMap(extents: [1, 1, old.rows, old.width], regions: map.regions), of: [1, 1, old.rows, old.width])
    else { return nil }
    return RegionMap(extents: new.extents, regions: grid(height: new.rows, width: new.width).regions)
  }

  /// Whether every second row or column is kept, or so, of all images and channels: what a convolution with such strides
  /// does.
  private func thinsOut(_ positions: [[Int?]?], of shape: [Int]) -> Bool {
    guard shape.count == 4, positions[0] == nil, positions[1] == nil else { return false }
    let spatial = (2...3).compactMap { axis in positions[axis].map { ($0, shape[axis]) } }
    return !spatial.isEmpty
      && spatial.allSatisfy { taken, extent in
        guard taken.count > 1, let first = taken[0], let second = taken[1], first < second - first else { return false }
        return taken == stride(from: first, to: extent, by: second - first).map(Optional.some)
      }
  }
}
