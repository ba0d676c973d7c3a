import Images
import Tensors

/// The pixels of a photograph that preprocessing cropped away before the network looked.
struct UnseenBorder {
  private let width: Int, height: Int
  private let seen: Seen

  /// What the network saw.
  private enum Seen {
    case rectangle(columns: Range<Int>, rows: Range<Int>)
    /// Row-major, one per pixel.
    case pixels([Bool])
  }

  /// `nil` when every pixel of `map` is a number.
  init?(of map: Tensor) {
    (height, width) = (map.shape[0], map.shape[1])
    guard map.scalars.contains(where: \.isNaN) else { return nil }
    seen = .pixels(map.scalars.map { !$0.isNaN })
  }

  /// `nil` when the columns and rows that the network saw are all there are.
  init?(width: Int, height: Int, seenColumns: Range<Int>, seenRows: Range<Int>) {
    (self.width, self.height) = (width, height)
    if seenColumns == 0..<width && seenRows == 0..<height { return nil }
    seen = .rectangle(columns: seenColumns, rows: seenRows)
  }

  /// Shows the border grey and pale, and draws a line where the network's view begins.
  func mark(in picture: inout Raster, photograph: Raster) {
    // The line keeps its weight when a large photograph is shown small.
    let thickness = max(1, (max(width, height) + 200) / 400)
    picture.samples.withUnsafeMutableBufferPointer { samples in
      photograph.samples.withUnsafeBufferPointer { beneath in
        forEachUnseen(thickness) { i, isLine in
          let (red, green, blue) = (UInt32(beneath[3 * i]), UInt32(beneath[3 * i + 1]), UInt32(beneath[3 * i + 2]))
          // Rec. 601 luma in 1/256, then two fifths of it over a light grey: paler than any photograph inside.
          let luma = (red &* 77 &+ green &* 150 &+ blue &* 29 &+ 128) >> 8
          let level = isLine ? 64 : UInt8(truncatingIfNeeded: (luma &* 102 &+ 232 * 154 &+ 128) >> 8)
          for channel in 0..<3 { samples[3 * i + channel] = level }
        }
      }
    }
  }

  /// Calls `body` with every unseen pixel, and whether it belongs to the line around what was seen.
  @inline(__always)
  private func forEachUnseen(_ thickness: Int, _ body: (_ pixel: Int, _ isLine: Bool) -> Void) {
    switch seen {
    case .pixels(let pixels):
      let line = boundary(of: pixels, thickness)
      for i in pixels.indices where !pixels[i] { body(i, line[i]) }
    case .rectangle(let columns, let rows):
      let nearColumns = (columns.lowerBound - thickness)..<(columns.upperBound + thickness)
      let nearRows = (rows.lowerBound - thickness)..<(rows.upperBound + thickness)
      let hasLine = !columns.isEmpty && !rows.isEmpty
      for y in 0..<height {
        let isNear = hasLine && nearRows.contains(y)
        let skipped = rows.contains(y) ? columns : 0..<0
        for x in 0..<skipped.lowerBound { body(y * width + x, isNear && nearColumns.contains(x)) }
        for x in skipped.upperBound..<width { body(y * width + x, isNear && nearColumns.contains(x)) }
      }
    }
  }

  /// Unseen pixels within `thickness` of a seen one, first along rows, then along columns.
  private func boundary(of seen: [Bool], _ thickness: Int) -> [Bool] {
    let near = spread(seen, lines: height, length: width, step: 1, stride: width, by: thickness)
    let nearer = spread(near, lines: width, length: height, step: width, stride: 1, by: thickness)
    return zip(nearer, seen).map { $0 && !$1 }
  }

  private func spread(
    _ marks: [Bool], lines: Int, length: Int, step: Int, stride: Int, by reach: Int
  ) -> [Bool] {
    var result = marks
    for line in 0..<lines {
      let start = line * stride
      var last = -reach - 1
      for i in 0..<length {
        if marks[start + i * step] { last = i }
        if i - last <= reach { result[start + i * step] = true }
      }
      var next = length + reach
      for i in (0..<length).reversed() {
        if marks[start + i * step] { next = i }
        if next - i <= reach { result[start + i * step] = true }
      }
    }
    return result
  }
}
