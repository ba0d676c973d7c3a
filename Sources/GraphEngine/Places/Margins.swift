/// The rows and columns around those of the image in a value `[1, 1, height, width]`, seen through a window.
///
/// Most are what the window needs to keep the size of the maps, and the maps then cover the image. A photograph that the
/// network itself pads to a square has wider ones: they are no part of the image.
struct Margins {
  private let rows: Axis, columns: Axis

  /// `nil` where the grid is not within the map.
  ///
  /// - Parameters:
  ///   - map: the regions of the value.
  ///   - grid: the rows and columns of the image in it.
  ///   - extents: how many rows and columns the window makes of the value.
  ///   - coversAll: whether these stand for all of it, as those of a resized value do, whatever their number.
  init?(of map: RegionMap, around grid: PlaceGrid, to extents: [Int], coveringAll coversAll: Bool) {
    let (height, width, first) = (map.extents[2], map.extents[3], grid.positions[0])
    let (top, left) = (first / width, first % width)
    guard left + grid.width <= width, top + grid.height <= height else { return nil }
    func isOutside(_ row: Int, _ column: Int) -> Bool { map.regions[row * width + column] == .outside }
    rows = Axis(
      total: height, before: top, inside: grid.height, count: extents[0], coversAll: coversAll,
      isOutside: (0..<height).contains { isOutside($0, left) })
    columns = Axis(
      total: width, before: left, inside: grid.width, count: extents[1], coversAll: coversAll,
      isOutside: (0..<width).contains { isOutside(top, $0) })
  }

  /// Whether there is more around the image than the window needs.
  var exceed: Bool { rows.exceeds || columns.exceeds }

  /// The cells that the window makes of a box of the image and of what lies around it.
  ///
  /// A cell is the image's if its center is.
  func grid(over box: Region) -> RegionMap {
    guard exceed else { return .grid(over: box, height: rows.count, width: columns.count) }
    let vertical = rows.parts(of: box.top...box.bottom), horizontal = columns.parts(of: box.left...box.right)
    let cells = vertical.flatMap { row in
      horizontal.map { column in
        guard let row, let column else { return Region.outside }
        return Region(top: row.lowerBound, left: column.lowerBound, bottom: row.upperBound, right: column.upperBound)
      }
    }
    return RegionMap(extents: [1, 1, rows.count, columns.count], regions: cells)
  }

  private struct Axis {
    /// How many of the value's positions are the image's, and how many the window makes of all of them.
    let inside: Int, count: Int
    /// Twice as many positions as the window's cells stand for, and as of these lie before the image.
    private let all: Int, before: Int
    let exceeds: Bool

    init(total: Int, before: Int, inside: Int, count: Int, coversAll: Bool, isOutside: Bool) {
      (self.inside, self.count) = (inside, count)
      // Windows that are not padded stop short of both ends alike.
      let stride = max(1, (2 * total + count) / (2 * count)), seen = coversAll ? total : min(total, count * stride)
      all = 2 * seen
      self.before = 2 * before - (total - seen)
      let after = all - 2 * inside - self.before
      // One more row at an edge is how windows of even extents, and strides, are made to fit.
      exceeds = isOutside || max(self.before, after) > 2
    }

    /// The parts of an interval of the image that the cells stand for; `nil` for those outside.
    func parts(of interval: ClosedRange<Float>) -> [ClosedRange<Float>?] {
      let length = interval.upperBound - interval.lowerBound, whole = 2 * inside * count
      /// A bound between cells, in the image: of whole numbers, so that equal bounds are equal numbers.
      func bound(_ index: Int) -> Float {
        interval.lowerBound + length * (Float(min(max(index * all - before * count, 0), whole)) / Float(whole))
      }
      return (0..<count).map { index in
        let center = (2 * index + 1) * all - 2 * before * count
        return (0...2 * whole).contains(center) ? bound(index)...bound(index + 1) : nil
      }
    }
  }
}
