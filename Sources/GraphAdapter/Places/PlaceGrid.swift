/// The rows and columns in which the places of a map lie, if they do.
struct PlaceGrid {
  let height: Int
  let width: Int
  /// Where each cell's region stands in the map, cells in row-major order.
  let positions: [Int]

  /// `nil` unless every place is there once and together they make complete rows and columns over most of the image.
  ///
  /// Scalars without a place, such as a class token, are left out.
  init?(of map: RegionMap) {
    let places = map.regions.indices.filter { map.regions[$0].isPlace }
    guard places.count > 1,
      let rows = Bands(places.map { map.regions[$0].top...map.regions[$0].bottom }),
      let columns = Bands(places.map { map.regions[$0].left...map.regions[$0].right }),
      rows.count * columns.count == places.count
    else { return nil }
    (height, width) = (rows.count, columns.count)
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

/// Intervals side by side.
private struct Bands {
  private let indices: [Float: Int]

  var count: Int { indices.count }

  init?(_ intervals: [ClosedRange<Float>]) {
    let sorted = Set(intervals).sorted { $0.lowerBound < $1.lowerBound }
    guard let first = sorted.first, let last = sorted.last else { return nil }
    let areApart = zip(sorted, sorted.dropFirst()).allSatisfy { $0.upperBound <= $1.lowerBound }
    guard areApart, last.upperBound - first.lowerBound > 0.5 else { return nil }
    indices = Dictionary(uniqueKeysWithValues: sorted.enumerated().map { ($1.lowerBound, $0) })
  }

  func index(startingAt bound: Float) -> Int { indices[bound]! }
}
