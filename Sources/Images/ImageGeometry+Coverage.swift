extension ImageGeometry {
  /// How much of each cell of a grid over the network's input lies inside of a part of the photograph: the way there
  /// of what ``project(_:height:width:onto:)`` brings back.
  ///
  /// - Parameters:
  ///   - mask: 0 outside and 1 inside for each pixel of the upright photograph, row-major.
  ///   - height: the number of the grid's rows.
  ///   - width: the number of the grid's columns.
  /// - Returns: From 0 to 1 for each cell, row-major; padding is outside, and so is what a crop leaves out.
  public func coverage(of mask: [Float], height: Int, width: Int) -> [Float] {
    precondition(
      mask.count == originalWidth * originalHeight && width > 0 && height > 0,
      "\(mask.count) values cannot fill \(originalWidth) × \(originalHeight)")
    let columns = (0..<width).map {
      Share(of: $0, cells: width, over: inputWidth, at: left, of: resizedWidth, pixels: originalWidth)
    }
    let rows = (0..<height).map {
      Share(of: $0, cells: height, over: inputHeight, at: top, of: resizedHeight, pixels: originalHeight)
    }
    var result: [Float] = []
    result.reserveCapacity(width * height)
    var line = [Double](repeating: 0, count: originalWidth)
    for row in rows {
      for x in line.indices { line[x] = 0 }
      for (y, share) in zip(row.pixels, row.shares) {
        for x in 0..<originalWidth { line[x] += share * Double(mask[y * originalWidth + x]) }
      }
      for column in columns {
        let sum = zip(column.pixels, column.shares).reduce(0) { $0 + $1.1 * line[$1.0] }
        result.append(Float(min(sum, 1)))
      }
    }
    return result
  }
}

/// Along one axis, the pixels of a photograph that a cell lies over, and the share of the cell that each of them fills.
private struct Share {
  let pixels: Range<Int>
  let shares: [Double]

  /// Cell `cell` of `cells` that span `input` pixels, which begin at pixel `origin` of the photograph resized from
  /// `pixels` to `resized`.
  init(of cell: Int, cells: Int, over input: Int, at origin: Int, of resized: Int, pixels count: Int) {
    func place(_ edge: Int) -> Double {
      (Double(edge) * Double(input) / Double(cells) + Double(origin)) * Double(count) / Double(resized)
    }
    let (start, end) = (place(cell), place(cell + 1))
    let first = min(max(Int(start.rounded(.down)), 0), count), last = min(max(Int(end.rounded(.up)), first), count)
    pixels = first..<last
    shares = pixels.map { max(0, min(end, Double($0 + 1)) - max(start, Double($0))) / (end - start) }
  }
}
