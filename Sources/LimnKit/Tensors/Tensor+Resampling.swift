extension Tensor {
  /// Stretches the last two dimensions to `height` × `width` with bilinear interpolation between pixel centres
  /// (half-pixel centres, `align_corners = false`).
  public func resized(height: Int, width: Int) -> Tensor {
    if shape.suffix(2) == [height, width] { return self }
    return resized(height: height, width: width, rows: 0..<height, columns: 0..<width)
      .recorded(.resize(height: height, width: width), of: self)
  }

  /// A part of what ``resized(height:width:)`` makes: `[…, rows, columns]`.
  public func resized(height: Int, width: Int, rows: Range<Int>, columns: Range<Int>) -> Tensor {
    let (h, w) = (shape[shape.count - 2], shape[shape.count - 1])
    precondition(h > 0 && w > 0, "an empty grid cannot be resized")
    precondition(rows.clamped(to: 0..<height) == rows && columns.clamped(to: 0..<width) == columns, "a part beyond")
    let down = Interpolation.weights(from: h, to: height, in: rows)
    let across = Interpolation.weights(from: w, to: width, in: columns)
    let planes = scalars.count / (h * w), count = columns.count
    // First along the rows, as few as there are, then between them, where neighbours lie side by side.
    var stretched = [Float](repeating: 0, count: h * count)
    let resized = [Float](unsafeUninitializedCapacity: planes * rows.count * count) { target, initialized in
      scalars.withUnsafeBufferPointer { source in
        stretched.withUnsafeMutableBufferPointer { stretched in
          for plane in 0..<planes {
            for row in 0..<h {
              let start = (plane * h + row) * w
              for (x, place) in across.enumerated() {
                stretched[row * count + x] = place.mix(source[start + place.lower], source[start + place.upper])
              }
            }
            // Through pointers, which the compiler vectorises.
            guard let target = target.baseAddress, let stretched = stretched.baseAddress else { continue }
            for (y, place) in down.enumerated() {
              let (upper, lower) = (stretched + place.lower * count, stretched + place.upper * count)
              let row = target + (plane * rows.count + y) * count
              for x in 0..<count { row[x] = place.mix(upper[x], lower[x]) }
            }
          }
        }
      }
      initialized = planes * rows.count * count
    }
    return Tensor(resized, shape: shape.dropLast(2) + [rows.count, count])
  }
}

/// The two source positions around a target position and how far it lies between them.
private struct Interpolation {
  let lower: Int, upper: Int, fraction: Float

  @inline(__always)
  func mix(_ a: Float, _ b: Float) -> Float { a * (1 - fraction) + b * fraction }

  static func weights(from extent: Int, to target: Int, in part: Range<Int>) -> [Interpolation] {
    part.map { i in
      let center = (Float(i) + 0.5) * Float(extent) / Float(target) - 0.5
      let x = min(max(center, 0), Float(extent - 1))
      return Interpolation(lower: Int(x), upper: min(Int(x) + 1, extent - 1), fraction: x - x.rounded(.down))
    }
  }
}
