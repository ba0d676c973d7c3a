/// The rows and columns around those of the image in a value `[1, 1, height, width]`.
///
/// Most are what the next window needs to keep the size of the maps, and the maps then cover the image. A photograph that
/// the network itself pads to a square has wider ones: they are no part of the image.
struct Margins {
  private let rows: Axis, columns: Axis

  /// `nil` where the grid's rows are not within those of the map.
  init?(of map: RegionMap, around grid: PlaceGrid) {
    let (height, width, first) = (map.extents[2], map.extents[3], grid.positions[0])
    let (top, left) = (first / width, first % width)
    guard left + grid.width <= width, top + grid.height <= height else { return nil }
    func isOutside(_ row: Int, _ column: Int) -> Bool { map.regions[row * width + column] == .outside }
    rows = Axis(
      before: top, inside: grid.height, after: height - top - grid.height,
      known: (0..<top).filter { isOutside($0, left) }.count,
      (top + grid.height..<height).filter { isOutside($0, left) }.count)
    columns = Axis(
      before: left, inside: grid.width, after: width - left - grid.width,
      known: (0..<left).filter { isOutside(top, $0) }.count,
      (left + grid.width..<width).filter { isOutside(top, $0) }.count)
  }

  /// Whether there is more around the image than a window with these extents needs.
  func exceed(_ kernel: [Int]) -> Bool {
    [rows.excess(for: kernel[0]), columns.excess(for: kernel[1])].contains { $0 != (0, 0) }
  }

  /// The cells that a window makes of a box of the image and of what lies around it.
  ///
  /// A cell is the image's if its center is.
  func grid(over box: Region, _ height: Int, _ width: Int, seenThrough kernel: [Int]) -> RegionMap {
    guard exceed(kernel) else { return .grid(over: box, height: height, width: width) }
    let vertical = rows.parts(of: box.top...box.bottom, count: height, seenThrough: kernel[0])
    let horizontal = columns.parts(of: box.left...box.right, count: width, seenThrough: kernel[1])
    let cells = vertical.flatMap { row in
      horizontal.map { column in
        guard let row, let column else { return Region.outside }
        return Region(top: row.lowerBound, left: column.lowerBound, bottom: row.upperBound, right: column.upperBound)
      }
    }
    return RegionMap(extents: [1, 1, height, width], regions: cells)
  }

  private struct Axis {
    let before: Int, inside: Int, after: Int
    /// How many cells at either end are known to lie outside the image.
    let outside: (Int, Int)

    init(before: Int, inside: Int, after: Int, known first: Int, _ last: Int) {
      (self.before, self.inside, self.after) = (before, inside, after)
      outside = (first, last)
    }

    /// What lies around the image beyond what a window needs: cells known to be outside, and further ones.
    func excess(for kernel: Int) -> (Int, Int) {
      // One more row at the edge is how windows of even extents, and strides, are made to fit.
      let needed = max(1, kernel / 2)
      return (outside.0 + max(0, before - outside.0 - needed), outside.1 + max(0, after - outside.1 - needed))
    }

    /// The parts of an interval of the image that `count` cells stand for; `nil` for those outside.
    func parts(of interval: ClosedRange<Float>, count: Int, seenThrough kernel: Int) -> [ClosedRange<Float>?] {
      let (first, last) = excess(for: kernel)
      let all = first + inside + last, length = interval.upperBound - interval.lowerBound
      /// A bound between cells, in the image.
      func bound(_ index: Int) -> Float {
        // In whole numbers, so that equal bounds are equal numbers.
        let numerator = min(max(index * all - first * count, 0), inside * count)
        return interval.lowerBound + length * (Float(numerator) / Float(inside * count))
      }
      return (0..<count).map { index in
        let center = (2 * index + 1) * all - 2 * first * count
        return (0...2 * inside * count).contains(center) ? bound(index)...bound(index + 1) : nil
      }
    }
  }
}
