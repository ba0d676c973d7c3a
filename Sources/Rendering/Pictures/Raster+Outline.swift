public import Images

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

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

  /// Draws the edges of a polygon in the same way.
  ///
  /// - Parameter corners: across and down, in pixels of this picture, one after the other; what sticks out is left away.
  public mutating func outline(_ corners: [(x: Double, y: Double)]) {
    let thickness = Double(max(1, (max(width, height) + 128) / 256))
    /// Edges twice as wide as `reach`, softened at their sides.
    func draw(_ level: UInt8, within reach: Double) {
      for (index, a) in corners.enumerated() {
        let b = corners[(index + 1) % corners.count], (u, v) = (b.x - a.x, b.y - a.y)
        let square = max(u * u + v * v, .leastNormalMagnitude)
        func pixels(_ a: Double, _ b: Double, _ extent: Int) -> Range<Int> {
          let first = min(max((min(a, b) - reach - 1).rounded(.down), 0), Double(extent))
          return Int(first)..<max(Int(first), Int(min(max((max(a, b) + reach + 1).rounded(.up), 0), Double(extent))))
        }
        for y in pixels(a.y, b.y, height) {
          for x in pixels(a.x, b.x, width) {
            // From the middle of the pixel to the nearest point of the edge.
            let (dx, dy) = (Double(x) + 0.5 - a.x, Double(y) + 0.5 - a.y)
            let share = min(max((dx * u + dy * v) / square, 0), 1)
            let distance = hypot(dx - share * u, dy - share * v), cover = min(max(reach + 0.5 - distance, 0), 1)
            guard cover > 0 else { continue }
            func blended(_ sample: UInt8) -> UInt8 {
              UInt8((cover * Double(level) + (1 - cover) * Double(sample)).rounded())
            }
            let (red, green, blue) = self[x, y]
            self[x, y] = (blended(red), blended(green), blended(blue))
          }
        }
      }
    }
    draw(24, within: 1.5 * thickness)
    draw(255, within: 0.5 * thickness)
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
