extension Tensor {
  /// Stretches the last two dimensions to `height` × `width` with bilinear interpolation between pixel centres
  /// (half-pixel centres, `align_corners = false`).
  public func resized(height: Int, width: Int) -> Tensor {
    let (h, w) = (shape[shape.count - 2], shape[shape.count - 1])
    if (h, w) == (height, width) { return self }
    precondition(h > 0 && w > 0, "an empty grid cannot be resized")
    let rows = Interpolation.weights(from: h, to: height), columns = Interpolation.weights(from: w, to: width)
    let planes = scalars.count / (h * w)
    var result = Tensor(repeating: 0, shape: shape.dropLast(2) + [height, width])
    scalars.withUnsafeBufferPointer { source in
      result.withMutableScalars { target in
        columns.withUnsafeBufferPointer { columns in
          for plane in 0..<planes {
            for (y, row) in rows.enumerated() {
              let (top, bottom) = ((plane * h + row.lower) * w, (plane * h + row.upper) * w)
              let start = (plane * height + y) * width
              for x in 0..<width {
                let column = columns[x]
                let upper =
                  source[top + column.lower] * (1 - column.fraction) + source[top + column.upper] * column.fraction
                let lower =
                  source[bottom + column.lower] * (1 - column.fraction) + source[bottom + column.upper]
                  * column.fraction
                target[start + x] = upper * (1 - row.fraction) + lower * row.fraction
              }
            }
          }
        }
      }
    }
    return result
  }
}

/// The two source positions around a target position and how far it lies between them.
private struct Interpolation {
  let lower: Int, upper: Int, fraction: Float

  static func weights(from extent: Int, to target: Int) -> [Interpolation] {
    (0..<target).map { i in
      let center = (Float(i) + 0.5) * Float(extent) / Float(target) - 0.5
      let x = min(max(center, 0), Float(extent - 1))
      return Interpolation(lower: Int(x), upper: min(Int(x) + 1, extent - 1), fraction: x - x.rounded(.down))
    }
  }
}
