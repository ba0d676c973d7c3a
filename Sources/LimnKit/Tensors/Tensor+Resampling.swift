extension Tensor {
  /// Stretches the last two dimensions to `height` × `width` with bilinear interpolation between pixel centres
  /// (half-pixel centres, `align_corners = false`).
  public func resized(height: Int, width: Int) -> Tensor {
    let (h, w) = (shape[shape.count - 2], shape[shape.count - 1])
    if (h, w) == (height, width) { return self }
    let rows = Interpolation(from: h, to: height), columns = Interpolation(from: w, to: width)
    let planes = scalars.count / Swift.max(1, h * w)
    var result = Tensor(repeating: 0, shape: shape.dropLast(2) + [height, width])
    for plane in 0..<planes {
      for y in 0..<height {
        let (top, bottom) = ((plane * h + rows.lower[y]) * w, (plane * h + rows.upper[y]) * w)
        let fy = rows.fraction[y], start = (plane * height + y) * width
        for x in 0..<width {
          let (left, right, fx) = (columns.lower[x], columns.upper[x], columns.fraction[x])
          let upper = scalars[top + left] * (1 - fx) + scalars[top + right] * fx
          let lower = scalars[bottom + left] * (1 - fx) + scalars[bottom + right] * fx
          result.scalars[start + x] = upper * (1 - fy) + lower * fy
        }
      }
    }
    return result
  }
}

/// For each target position, the two source positions around it and how far it lies between them.
private struct Interpolation {
  var lower: [Int] = [], upper: [Int] = [], fraction: [Float] = []

  init(from extent: Int, to target: Int) {
    for i in 0..<target {
      let centre = (Float(i) + 0.5) * Float(extent) / Float(target) - 0.5
      let x = min(max(centre, 0), Float(extent - 1))
      lower.append(Int(x))
      upper.append(min(Int(x) + 1, extent - 1))
      fraction.append(x - x.rounded(.down))
    }
  }
}
