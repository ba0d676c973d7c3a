/// The regions of a value's scalars.
///
/// Axes along which all regions are alike, such as that of the channels, are kept with extent 1: the map of an
/// activation `[1, 256, 14, 14]` is `[1, 1, 14, 14]`.
package struct RegionMap: Hashable, Sendable {
  /// The extent of each axis of the value, or 1.
  package let extents: [Int]
  /// In row-major order.
  package let regions: [Region]

  package init(extents: [Int], regions: [Region]) {
    self.extents = extents
    self.regions = regions
  }

  /// The map of a value without places.
  static func whole(rank: Int) -> RegionMap {
    RegionMap(extents: Array(repeating: 1, count: rank), regions: [.whole])
  }

  /// A grid that covers a box of the image, on axes 2 and 3 of `[1, channels, height, width]`.
  static func grid(over box: Region, height: Int, width: Int) -> RegionMap {
    let rows = bounds(from: box.top, to: box.bottom, count: height)
    let columns = bounds(from: box.left, to: box.right, count: width)
    let cells = (0..<height).flatMap { row in
      (0..<width).map { column in
        Region(top: rows[row], left: columns[column], bottom: rows[row + 1], right: columns[column + 1])
      }
    }
    return RegionMap(extents: [1, 1, height, width], regions: cells)
  }

  /// The bounds of equal parts of an interval, `count + 1` of them: quotients of whole numbers, as ``Region`` has them.
  private static func bounds(from low: Float, to high: Float, count: Int) -> [Float] {
    let denominator = (1...4096).first { parts in
      [low, high].allSatisfy { ($0 * Float(parts)).rounded() / Float(parts) == $0 }
    }
    guard let parts = denominator else { return (0...count).map { low + (high - low) * Float($0) / Float(count) } }
    let (first, last) = (Int((low * Float(parts)).rounded()), Int((high * Float(parts)).rounded()))
    return (0...count).map { Float(first * (count - $0) + last * $0) / Float(parts * count) }
  }

  package var rank: Int { extents.count }

  package var hasPlaces: Bool { regions.contains(where: \.isPlace) }

  /// How far apart the map's regions lie along each axis; zero along axes of extent 1.
  package var strides: [Int] {
    var strides = extents.map { _ in 0 }, stride = 1
    for axis in extents.indices.reversed() where extents[axis] > 1 {
      strides[axis] = stride
      stride *= extents[axis]
    }
    return strides
  }

  /// The map over larger extents, or over axes in another order.
  package func spread(over extents: [Int], strides: [Int]) -> [Region] {
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
