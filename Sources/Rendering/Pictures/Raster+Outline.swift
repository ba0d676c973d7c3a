public import Images

extension Raster {
  /// Draws a rectangle's edges, white between two dark lines, so that they are seen on any map.
  ///
  /// - Parameter place: in pixels of this picture; what sticks out is left away.
  public mutating func outline(_ place: Rectangle) {
    let thickness = max(1, (max(width, height) + 128) / 256)
    func ring(_ distance: Int, _ level: UInt8, _ weight: Int) {
      let left = Int(place.left.rounded()) + distance, top = Int(place.top.rounded()) + distance
      let right = Int(place.right.rounded()) - distance, bottom = Int(place.bottom.rounded()) - distance
      guard right > left, bottom > top else { return }
      for y in max(0, top)..<max(min(height, bottom), max(0, top)) {
        for x in max(0, left)..<max(min(width, right), max(0, left)) {
          let depth = min(x - left, right - 1 - x, y - top, bottom - 1 - y)
          if depth < weight { self[x, y] = (level, level, level) }
        }
      }
    }
    ring(-thickness, 24, 3 * thickness)
    ring(0, 255, thickness)
  }

  /// The part of the picture within a rectangle, at least one pixel.
  public func cropped(to place: Rectangle) -> Raster {
    let left = min(max(0, Int(place.left.rounded(.down))), width - 1)
    let top = min(max(0, Int(place.top.rounded(.down))), height - 1)
    let right = min(max(left + 1, Int(place.right.rounded(.up))), width)
    let bottom = min(max(top + 1, Int(place.bottom.rounded(.up))), height)
    var samples: [UInt8] = []
    samples.reserveCapacity(3 * (right - left) * (bottom - top))
    for y in top..<bottom { samples += self.samples[3 * (y * width + left)..<3 * (y * width + right)] }
    return Raster(width: right - left, height: bottom - top, samples: samples)
  }
}
