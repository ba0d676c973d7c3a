import Images

/// A square picture in the making: a colour per pixel, painted from back to front.
struct Canvas {
  let side: Int
  private(set) var pixels: [Color]

  init(side: Int, backdrop: Backdrop) {
    self.side = side
    pixels = []
    pixels.reserveCapacity(side * side)
    for y in 0..<side {
      for x in 0..<side {
        let place = (Point(Float(x), Float(y)) + 0.5) / Float(side)
        let fromCenter = place - 0.5
        pixels.append(backdrop.color(place) * (1.03 - 0.22 * dot(fromCenter, fromCenter)))
      }
    }
  }

  /// Paints an object with its soft shadow, and returns how much of each pixel it covers, 0...1.
  mutating func paint(_ drawing: Drawing, at placement: Placement) -> [Float] {
    let reach = placement.radius * 1.25
    let columns = range(placement.center.x, reach)
    let rows = range(placement.center.y, reach)
    let pixel = 1 / (placement.radius * Float(side))
    var light = Point(-0.5, -0.75).turned(by: -placement.turns)
    if placement.mirrored { light.x = -light.x }

    var layer: [(color: Color, opacity: Float, distance: Float)] = []
    layer.reserveCapacity(columns.count * rows.count)
    for y in rows {
      for x in columns {
        let place = (Point(Float(x), Float(y)) + 0.5) / Float(side)
        layer.append(drawing.paint(at: placement.local(place), light: light, pixel: pixel))
      }
    }

    var coverage = [Float](repeating: 0, count: side * side)
    let drop = Int((placement.radius * Float(side) * 0.07).rounded())
    for (j, y) in rows.enumerated() {
      for (i, x) in columns.enumerated() {
        let ink = layer[j * columns.count + i]
        let caster = layer[max(j - drop, 0) * columns.count + max(i - drop / 2, 0)].distance
        let shadow = 0.3 * (1 - smoothstep(-0.1, 0.17, caster))
        let ground = pixels[y * side + x] * (1 - shadow)
        pixels[y * side + x] = mix(ground, ink.color, ink.opacity)
        coverage[y * side + x] = ink.opacity
      }
    }
    return coverage
  }

  /// The picture in eight bits.
  var raster: Raster {
    var samples: [UInt8] = []
    samples.reserveCapacity(3 * pixels.count)
    for pixel in pixels {
      let levels = (pixel.clamped(lowerBound: .zero, upperBound: .one) * 255).rounded(.toNearestOrEven)
      samples.append(UInt8(levels.x))
      samples.append(UInt8(levels.y))
      samples.append(UInt8(levels.z))
    }
    return Raster(width: side, height: side, samples: samples)
  }

  private func range(_ center: Float, _ reach: Float) -> Range<Int> {
    let low = Int(((center - reach) * Float(side)).rounded(.down))
    let high = Int(((center + reach) * Float(side)).rounded(.up))
    return max(low, 0)..<min(high, side)
  }
}
