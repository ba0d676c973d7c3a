/// How a camera was held: the EXIF orientation, 1 to 8.
enum Orientation: UInt16, CaseIterable {
  case upright = 1
  case mirrored, rotated180, flipped, transposed, rotatedRight, transversed, rotatedLeft

  /// Whether upright width is stored height.
  var swapsSides: Bool { rawValue >= 5 }

  /// The stored column and row shown at column `x` and row `y` of the upright picture, whose stored extent is given.
  func source(x: Int, y: Int, width: Int, height: Int) -> (x: Int, y: Int) {
    switch self {
    case .upright: (x, y)
    case .mirrored: (width - 1 - x, y)
    case .rotated180: (width - 1 - x, height - 1 - y)
    case .flipped: (x, height - 1 - y)
    case .transposed: (y, x)
    case .rotatedRight: (y, height - 1 - x)
    case .transversed: (width - 1 - y, height - 1 - x)
    case .rotatedLeft: (width - 1 - y, x)
    }
  }
}

extension Raster {
  /// Undoes the way the camera was held.
  func upright(from orientation: Orientation) -> Raster {
    guard orientation != .upright else { return self }
    let (w, h) = orientation.swapsSides ? (height, width) : (width, height)
    // The map from upright to stored pixels is affine: one origin and two steps describe it.
    func offset(_ x: Int, _ y: Int) -> Int {
      let at = orientation.source(x: x, y: y, width: width, height: height)
      return 3 * (at.y * width + at.x)
    }
    let (origin, across, down) = (offset(0, 0), offset(1, 0) - offset(0, 0), offset(0, 1) - offset(0, 0))
    let turned = [UInt8](unsafeUninitializedCapacity: samples.count) { target, count in
      samples.withUnsafeBufferPointer { stored in
        var t = 0
        for y in 0..<h {
          var s = origin + y * down
          for _ in 0..<w {
            (target[t], target[t + 1], target[t + 2]) = (stored[s], stored[s + 1], stored[s + 2])
            t += 3
            s += across
          }
        }
      }
      count = samples.count
    }
    var picture = Raster(width: w, height: h, samples: turned)
    if let bands {
      var levels: [Float] = []
      levels.reserveCapacity(bands.samples.count)
      for y in 0..<h {
        for x in 0..<w {
          let start = (origin + x * across + y * down) / 3 * bands.count
          levels += bands.samples[start..<start + bands.count]
        }
      }
      picture = picture.with(Bands(count: bands.count, samples: levels))
    }
    picture.remarks = remarks
    return picture
  }
}
