/// The regions of a value's scalars.
///
/// Axes along which all regions are alike, such as that of the channels, are kept with extent 1: the map of an
/// activation `[1, 256, 14, 14]` is `[1, 1, 14, 14]`.
struct RegionMap: Hashable {
  /// The extent of each axis of the value, or 1.
  let extents: [Int]
  /// In row-major order.
  let regions: [Region]

  init(extents: [Int], regions: [Region]) {
    self.extents = extents
    self.regions = regions
  }

  /// The map of a value without places.
  static func whole(rank: Int) -> RegionMap {
    RegionMap(extents: Array(repeating: 1, count: rank), regions: [.whole])
  }

  /// A grid that covers the image, on axes 2 and 3 of `[1, channels, height, width]`.
  static func grid(height: Int, width: Int) -> RegionMap {
    let regions = (0..<height).flatMap { row in
      (0..<width).map { Region.cell(row, of: height, $0, of: width) }
    }
    return RegionMap(extents: [1, 1, height, width], regions: regions)
  }

  var rank: Int { extents.count }

  var hasPlaces: Bool { regions.contains(where: \.isPlace) }

  /// How far apart the map's regions lie along each axis; zero along axes of extent 1.
  var strides: [Int] {
    var strides = extents.map { _ in 0 }, stride = 1
    for axis in extents.indices.reversed() where extents[axis] > 1 {
      strides[axis] = stride
      stride *= extents[axis]
    }
    return strides
  }

  /// The map over larger extents, or over axes in another order.
  func spread(over extents: [Int], strides: [Int]) -> [Region] {
    var result: [Region] = []
    result.reserveCapacity(extents.reduce(1, *))
    var index = extents.map { _ in 0 }, place = 0
    guard !extents.contains(0) else { return [] }
    while true {
      result.append(regions[place])
      var axis = extents.count - 1
      while axis >= 0 {
        index[axis] += 1
        place += strides[axis]
        if index[axis] < extents[axis] { break }
        place -= strides[axis] * extents[axis]
        index[axis] = 0
        axis -= 1
      }
      if axis < 0 { return result }
    }
  }

  /// The same map, axes along which it does not change collapsed.
  func collapsed() -> RegionMap {
    var map = self
    for axis in extents.indices where map.extents[axis] > 1 {
      let inner = map.extents[(axis + 1)...].reduce(1, *), extent = map.extents[axis]
      let isConstant = map.regions.indices.allSatisfy { place in
        let index = place / inner % extent
        return map.regions[place] == map.regions[place - index * inner]
      }
      if isConstant { map = map.picking([0], along: axis) }
    }
    return map
  }
}
