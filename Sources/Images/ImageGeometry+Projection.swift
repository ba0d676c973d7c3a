/// A map brought onto the photograph, or onto a reduced version of it.
public struct ProjectedMap: Hashable, Sendable {
  /// The extent in pixels.
  public let width: Int, height: Int
  /// `[height, width]`, row-major; 0 where the network saw nothing.
  public let values: [Float]
  /// The columns and rows whose pixel centres the network saw; values elsewhere mean nothing.
  public let seenColumns: Range<Int>, seenRows: Range<Int>

  /// A map of one's own making.
  ///
  /// - Precondition: there are `width * height` values, and what was seen lies within.
  public init(width: Int, height: Int, values: [Float], seenColumns: Range<Int>, seenRows: Range<Int>) {
    precondition(values.count == width * height, "\(values.count) values cannot fill \(width) × \(height)")
    precondition(seenColumns.clamped(to: 0..<width) == seenColumns && seenRows.clamped(to: 0..<height) == seenRows)
    self.width = width
    self.height = height
    self.values = values
    self.seenColumns = seenColumns
    self.seenRows = seenRows
  }
}

extension ImageGeometry {
  /// Stretches a map over the network's input (any grid: 7 × 7 cells or one value per input pixel) onto the photograph.
  ///
  /// Half-pixel bilinear, in one step from the map's grid to the picture's; what lies over padding is dropped.
  /// `map` is `[height, width]`, row-major; `display` is the extent of the picture to cover, the original's if nil.
  public func project(
    _ map: [Float], height: Int, width: Int, onto display: (width: Int, height: Int)? = nil
  ) -> ProjectedMap {
    precondition(
      map.count == height * width && width > 0 && height > 0, "\(map.count) values cannot fill \(width) × \(height)")
    let (w, h) = display ?? (originalWidth, originalHeight)
    let columns = Stretch(
      from: width, over: inputWidth, at: left, of: resizedWidth, onto: w)
    let rows = Stretch(from: height, over: inputHeight, at: top, of: resizedHeight, onto: h)
    var values = [Float](repeating: 0, count: w * h)
    var line = [Float](repeating: 0, count: width)
    for (y, row) in zip(rows.seen, rows.mixes) {
      // First the two rows of the map, then along the result: one mix per pixel instead of three.
      let (upper, lower) = (row.first * width, row.second * width)
      for i in 0..<width { line[i] = map[upper + i] + (map[lower + i] - map[upper + i]) * row.share }
      var target = y * w + columns.seen.lowerBound
      for column in columns.mixes {
        values[target] = line[column.first] + (line[column.second] - line[column.first]) * column.share
        target += 1
      }
    }
    return ProjectedMap(width: w, height: h, values: values, seenColumns: columns.seen, seenRows: rows.seen)
  }
}

/// One axis of a projection: for each seen pixel of the picture, the two map cells it mixes.
private struct Stretch {
  let seen: Range<Int>
  let mixes: [(first: Int, second: Int, share: Float)]

  /// `cells` of a map span `input` pixels that begin at pixel `origin` of the picture resized to `resized` pixels.
  init(from cells: Int, over input: Int, at origin: Int, of resized: Int, onto display: Int) {
    func inputPoint(_ pixel: Int) -> Double {
      (Double(pixel) + 0.5) * Double(resized) / Double(display) - Double(origin)
    }
    func firstPixel(at point: Double) -> Int {
      min(max(Int(((point + Double(origin)) * Double(display) / Double(resized) - 0.5).rounded(.up)), 0), display)
    }
    let (start, end) = (firstPixel(at: 0), firstPixel(at: Double(input)))
    // A crop narrower than a pixel may miss every centre: what it saw is the pixel it lies in.
    let middle = min(max((2 * origin + input) * display / (2 * resized), 0), display - 1)
    seen = start < end ? start..<end : middle..<middle + 1
    mixes = seen.map { pixel in
      let cell = inputPoint(pixel) * Double(cells) / Double(input) - 0.5
      let inside = min(max(cell, 0), Double(cells - 1))
      let first = Int(inside)
      return (first, min(first + 1, cells - 1), Float(inside - Double(first)))
    }
  }
}
