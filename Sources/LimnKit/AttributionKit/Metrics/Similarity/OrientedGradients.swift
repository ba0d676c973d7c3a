#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

import Tensors

/// Histograms of oriented gradients: which way the edges of a map run, cell by cell.
///
/// The gradient of a pixel is the difference of its neighbours, none at the border; its size counts for the one of nine
/// directions of 20° in which it lies, whichever way it points. Cells are squares of 16 pixels, blocks of 3 × 3 cells; a block's
/// numbers are divided by their norm, cut off at 0.2 and divided again.
///
/// Source: Dalal & Triggs, *Histograms of oriented gradients for human detection*, CVPR 2005, doi:10.1109/CVPR.2005.177; the
/// settings with which Adebayo et al., arXiv:1810.03292, call scikit-image.
struct OrientedGradients: Hashable, Sendable {
  /// The numbers of all blocks, row by row: of each block its cells, row by row, of each cell its directions.
  let features: [Float]

  private static let directions = 9
  private static let blockSide = 3

  /// - Parameters:
  ///   - map: `[height, width]`.
  ///   - cell: How many pixels a side of a cell has; fewer where the map would not have 3 × 3 cells otherwise.
  init(of map: Tensor, cell: Int = 16) {
    let (height, width) = (map.shape[0], map.shape[1])
    let cell = max(1, min(cell, min(height, width) / Self.blockSide))
    let (rows, columns) = (height / cell, width / cell)
    let histograms = Self.histograms(of: map, cell: cell, rows: rows, columns: columns)
    let (down, across) = (min(Self.blockSide, rows), min(Self.blockSide, columns))
    var features: [Float] = []
    for top in 0...max(0, rows - down) {
      for left in 0...max(0, columns - across) {
        let block = (top..<top + down).flatMap { row in
          (left..<left + across).flatMap { column -> ArraySlice<Double> in
            let start = (row * columns + column) * Self.directions
            return histograms[start..<start + Self.directions]
          }
        }
        features += Self.normalized(Self.normalized(block).map { min($0, 0.2) }).map(Float.init)
      }
    }
    self.features = features
  }

  /// The mean size of the gradient in each direction, cell by cell.
  private static func histograms(of map: Tensor, cell: Int, rows: Int, columns: Int) -> [Double] {
    let (height, width) = (map.shape[0], map.shape[1])
    var histograms = Array(repeating: 0.0, count: rows * columns * directions)
    for y in 0..<rows * cell {
      for x in 0..<columns * cell {
        let p = y * width + x
        func difference(_ step: Int, within inside: Bool) -> Double {
          inside ? Double(map.scalars[p + step]) - Double(map.scalars[p - step]) : 0
        }
        let down = difference(width, within: y > 0 && y < height - 1)
        let across = difference(1, within: x > 0 && x < width - 1)
        var angle = atan2(down, across) * 180 / .pi
        if angle < 0 { angle += 180 }
        let direction = Int(angle / (180 / Double(directions))) % directions
        histograms[((y / cell) * columns + x / cell) * directions + direction] +=
          (down * down + across * across).squareRoot() / Double(cell * cell)
      }
    }
    return histograms
  }

  private static func normalized(_ block: [Double]) -> [Double] {
    let norm = (block.reduce(0) { $0 + $1 * $1 } + 1e-10).squareRoot()
    return block.map { $0 / norm }
  }
}
