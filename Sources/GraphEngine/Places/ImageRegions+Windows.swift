/// What an operator does to the rows and columns of the image.
extension ImageRegions {
  /// - Returns: The regions of the step's value, and whether its places are only assumed to be the image's.
  mutating func map(after step: PlannedStep) -> (map: RegionMap, isAssumed: Bool) {
    let inputs = step.node.inputs.map(map(of:)), shapes = step.node.inputs.map(shape(of:))
    let shape = shape(of: step.name), flow = step.node.op.placeFlow(of: shapes)
    let regions = { flow.regions(of: inputs, shapes: shapes, to: shape) }
    switch flow {
    case .window(let kernel, _):
      let map = regions()
      let resize = step.node.op as? Resize
      if let slid = slid(map, from: shapes[0], to: shape, coveringAll: resize != nil) { return (slid, false) }
      if let resize, shape.count == 4, resize.axes.allSatisfy({ $0.index < 3 }) {
        // Channels last.
        let first = { (extents: [Int]) in [0, 3, 1, 2].map { extents[$0] } }
        let resized = slid(
          map.transposed([0, 3, 1, 2]), from: first(shapes[0]), to: first(shape), coveringAll: true)
        if let resized { return (resized.transposed([0, 2, 3, 1]), false) }
      }
      // Where neighbours matter in both directions there are places, even if it is not known how they came here.
      let hasNeighbors = shape.count == 4 && kernel.allSatisfy { $0 > 1 } && shape[2] > 1 && shape[3] > 1
      if !map.hasPlaces, hasNeighbors { return (grid(height: shape[2], width: shape[3]), true) }
      let isKept = shapes[0].dropFirst(2) == shape.dropFirst(2)
      return (isKept ? map : .whole(rank: shape.count), false)
    // With channels last, axes 2 and 3 are no rows and columns: scalars move exactly then, as where Swin merges patches.
    case .picks(let positions)
    where thinsOut(positions, of: shapes[0]) && isGrid(inputs[0], of: shapes[0], to: Array(shape.dropFirst(2))):
      return (slid(inputs[0], from: shapes[0], to: shape) ?? regions(), false)
    default: return (regions(), false)
    }
  }

  /// A window slid over rows and columns; `nil` where how they lie in the image is not known.
  private mutating func slid(
    _ map: RegionMap, from shape: [Int], to newShape: [Int], coveringAll coversAll: Bool = false
  ) -> RegionMap? {
    if let stack = slidStack(map, from: shape, to: newShape) { return stack }
    guard shape.count == 4 else { return nil }
    let (height, width) = (newShape[2], newShape[3])
    if isGrid(map, of: shape, to: [height, width], coveringAll: coversAll) {
      return grid(height: height, width: width)
    }
    // A part of the image that goes its own way, perhaps mirrored or turned: its rows and columns stay within it.
    for turn in Turn.all {
      let turned = map.turned(turn)
      let extents = turn.transposes ? [width, height] : [height, width]
      guard let box = turned.box,
        let margins = Margins(of: turned, around: box.grid, to: extents, coveringAll: coversAll)
      else { continue }
      return margins.grid(over: box.hull).turned(turn.undone)
    }
    return nil
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
        RegionMap(extents: [1, 1, old.rows, old.width], regions: map.regions), of: [1, 1, old.rows, old.width],
        to: [new.rows, new.width], coveringAll: true)
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
