/// The rows and columns in which the places of a map lie, if they do.
package struct PlaceGrid {
  package let height: Int
  package let width: Int
  /// Where each cell's region stands in the map, cells in row-major order.
  package let positions: [Int]
  /// The part of the image that they cover, gaps included.
  package let hull: Region
  /// Whether there is no gap between them.
  let isDense: Bool

  /// `nil` unless every place is there once and together they make complete rows and columns.
  ///
  /// Scalars without a place, such as a class token, are left out.
  /// - Parameters:
  ///   - map: the regions of a value.
  ///   - share: the share of the image's height and of its width that must be exceeded.
  package init?(of map: RegionMap, covering share: Float = 0.5) {
    let places = map.regions.indices.filter { map.regions[$0].isPlace }
    guard places.count > 1,
      let rows = Bands(places.map { map.regions[$0].top...map.regions[$0].bottom }, spanning: share),
      let columns = Bands(places.map { map.regions[$0].left...map.regions[$0].right }, spanning: share),
      rows.count * columns.count == places.count
    else { return nil }
    (height, width) = (rows.count, columns.count)
    hull = Region(
      top: rows.span.lowerBound, left: columns.span.lowerBound, bottom: rows.span.upperBound,
      right: columns.span.upperBound)
    isDense = rows.areDense && columns.areDense
    var positions = [Int](repeating: -1, count: places.count)
    for place in places {
      let region = map.regions[place]
      let cell = rows.index(startingAt: region.top) * columns.count + columns.index(startingAt: region.left)
      guard positions[cell] < 0 else { return nil }
      positions[cell] = place
    }
    self.positions = positions
  }
}

extension PlaceGrid {
  /// Whether more than a row or two of the image, or as many columns, are missing at an edge: as many as go astray where
  /// paths of different strides meet.
  var isCut: Bool {
    let (row, column) = ((hull.bottom - hull.top) / Float(height), (hull.right - hull.left) / Float(width))
    return max(hull.top, 1 - hull.bottom) > 2.5 * row || max(hull.left, 1 - hull.right) > 2.5 * column
  }

  /// Whether the cells lie row by row and side by side in an array of rows as wide as `width`.
  func isInOrder(_ width: Int) -> Bool {
    positions.indices.allSatisfy { positions[$0] == positions[0] + $0 / self.width * width + $0 % self.width }
  }
}

extension RegionMap {
  /// The box of the image that a value `[N, C, H, W]` tiles with its rows and columns, and these; `nil` where it does not.
  ///
  /// What padding adds around them is left out.
  var box: (hull: Region, grid: PlaceGrid)? {
    guard rank == 4, extents[0] == 1, extents[1] == 1, let grid = PlaceGrid(of: self, covering: 0), grid.isDense,
      grid.isInOrder(extents[3])
    else { return nil }
    return (grid.hull, grid)
  }
}

/// Intervals side by side.
private struct Bands {
  private let indices: [Float: Int]
  /// From the first to the last.
  let span: ClosedRange<Float>
  /// Whether each begins where the one before ends.
  let areDense: Bool

  var count: Int { indices.count }

  init?(_ intervals: [ClosedRange<Float>], spanning share: Float) {
    let sorted = Set(intervals).sorted { $0.lowerBound < $1.lowerBound }
    guard let first = sorted.first, let last = sorted.last else { return nil }
    let neighbors = zip(sorted, sorted.dropFirst())
    guard neighbors.allSatisfy({ $0.upperBound <= $1.lowerBound }), last.upperBound - first.lowerBound > share else {
      return nil
    }
    span = first.lowerBound...last.upperBound
    areDense = neighbors.allSatisfy { $0.upperBound == $1.lowerBound }
    indices = Dictionary(uniqueKeysWithValues: sorted.enumerated().map { ($1.lowerBound, $0) })
  }

  func index(startingAt bound: Float) -> Int { indices[bound]! }
}
