public import Images

extension Raster {
  /// A copy whose longer side has at most `side` pixels, averaged over areas; smaller rasters stay as they are.
  ///
  /// Maps are cheaper to project onto such a copy, and a figure shows no more of it.
  public func reduced(toFit side: Int) -> Raster {
    let longest = max(width, height)
    guard longest > side, side > 0 else { return self }
    return reduced(
      width: max(1, (width * side + longest / 2) / longest), height: max(1, (height * side + longest / 2) / longest))
  }

  /// A smaller copy, each pixel the mean of the area it covers, fractions of pixels included.
  func reduced(width newWidth: Int, height newHeight: Int) -> Raster {
    let across = AreaWeights(from: width, to: newWidth)
    let down = AreaWeights(from: height, to: newHeight)
    var row = [Float](repeating: 0, count: 3 * width)
    let reduced = [UInt8](unsafeUninitializedCapacity: 3 * newWidth * newHeight) { target, initialized in
      samples.withUnsafeBufferPointer { samples in
        row.withUnsafeMutableBufferPointer { row in
          for y in 0..<newHeight {
            row.update(repeating: 0)
            for (source, weight) in down[y] {
              let start = source * 3 * width
              for i in 0..<3 * width { row[i] += weight * Float(samples[start &+ i]) }
            }
            for x in 0..<newWidth {
              var (red, green, blue): (Float, Float, Float) = (0, 0, 0)
              for (source, weight) in across[x] {
                red += weight * row[3 * source]
                green += weight * row[3 * source + 1]
                blue += weight * row[3 * source + 2]
              }
              let t = 3 * (y * newWidth + x)
              (target[t], target[t + 1], target[t + 2]) = (UInt8(red + 0.5), UInt8(green + 0.5), UInt8(blue + 0.5))
            }
          }
        }
      }
      initialized = target.count
    }
    return Raster(width: newWidth, height: newHeight, samples: reduced)
  }
}

/// For every sample of a shorter line, the samples of a longer one it covers, with weights that sum to one.
private struct AreaWeights {
  private let lists: [[(Int, Float)]]

  init(from length: Int, to count: Int) {
    let step = Double(length) / Double(count)
    lists = (0..<count).map { i in
      let (start, end) = (Double(i) * step, min(Double(i + 1) * step, Double(length)))
      return (Int(start)..<min(Int(end.rounded(.up)), length)).map { source in
        (source, Float((min(end, Double(source + 1)) - max(start, Double(source))) / step))
      }
    }
  }

  subscript(i: Int) -> [(Int, Float)] { lists[i] }
}
