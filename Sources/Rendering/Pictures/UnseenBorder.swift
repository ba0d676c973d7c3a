import Images
import Tensors

/// The pixels of a photograph that preprocessing cropped away before the network looked.
struct UnseenBorder {
  private let width: Int, height: Int
  private let unseen: [Bool]

  /// `nil` when every pixel of `map` is a number.
  init?(of map: Tensor) {
    unseen = map.scalars.map(\.isNaN)
    guard unseen.contains(true) else { return nil }
    (height, width) = (map.shape[0], map.shape[1])
  }

  /// Shows the border grey and pale, and draws a line where the network's view begins.
  func mark(in picture: inout Raster, photograph: Raster) {
    // The line keeps its weight when a large photograph is shown small.
    let thickness = max(1, (max(width, height) + 200) / 400)
    let line = boundary(thickness)
    for i in unseen.indices where unseen[i] {
      let (red, green, blue) = (
        UInt32(photograph.samples[3 * i]), UInt32(photograph.samples[3 * i + 1]), UInt32(photograph.samples[3 * i + 2])
      )
      // Rec. 601 luma in 1/256, then two fifths of it over a light grey: paler than any photograph inside.
      let luma = (red * 77 + green * 150 + blue * 29 + 128) >> 8
      let level = line[i] ? 64 : UInt8((luma * 102 + 232 * 154 + 128) >> 8)
      for channel in 0..<3 { picture.samples[3 * i + channel] = level }
    }
  }

  /// Unseen pixels within `thickness` of a seen one, first along rows, then along columns.
  private func boundary(_ thickness: Int) -> [Bool] {
    let near = spread(unseen.map { !$0 }, lines: height, length: width, step: 1, stride: width, by: thickness)
    let nearer = spread(near, lines: width, length: height, step: width, stride: 1, by: thickness)
    return zip(nearer, unseen).map { $0 && $1 }
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
