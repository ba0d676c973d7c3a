/// Each row brought to mean zero and variance one, then scaled and shifted.
///
/// - Parameters:
///   - x: any array.
///   - axis: the first of the trailing axes that make up a row; may be negative, counting from the end.
///   - scale: as many scalars as a row.
///   - bias: as many scalars as a row.
///   - epsilon: added to the variance.
/// - Returns: The normalised array, plain.
/// - Throws: Where the shapes do not fit together.
public func layerNormalization(_ x: NDArray, axis: Int, scale: NDArray?, bias: NDArray?, epsilon: Float) throws
  -> NDArray
{
  let width = try rowWidth(x.shape, axis, scale, bias)
  let source = x.plain()
  let (scales, shifts) = (scale?.scalars, bias?.scalars)
  let result = NDArray(layout: .plain(x.shape))
  source.withScalars { x in
    result.fill { y in
      for start in stride(from: 0, to: x.count, by: width) {
        let (row, into) = (x.baseAddress! + start, y + start)
        let statistics = Statistics(row, width, epsilon)
        for i in 0..<width { into[i] = (row[i] - statistics.mean) * statistics.inverseDeviation }
        if let scales { for i in 0..<width { into[i] *= scales[i] } }
        if let shifts { for i in 0..<width { into[i] += shifts[i] } }
      }
    }
  }
  return result
}

/// The gradient of layer normalisation with respect to its input.
///
/// - Parameters:
///   - cotangent: of the input's shape.
///   - x: the input of the forward normalisation.
///   - axis: that of the forward normalisation.
///   - scale: that of the forward normalisation.
///   - epsilon: that of the forward normalisation.
///   - holdsDeviation: whether the deviation that rows are divided by is taken as a constant.
/// - Returns: The gradient, plain.
/// - Throws: Where the shapes do not fit together.
public func layerNormalizationPullback(
  _ cotangent: NDArray, input x: NDArray, axis: Int, scale: NDArray?, epsilon: Float, holdsDeviation: Bool = false
) throws -> NDArray {
  try require(
    cotangent.shape == x.shape, "A cotangent of shape \(cotangent.shape) does not fit an input of \(x.shape).")
  let width = try rowWidth(x.shape, axis, scale, nil)
  let (source, cotangent) = (x.plain(), cotangent.plain())
  let scales = scale?.scalars ?? Array(repeating: 1, count: width)
  let result = NDArray(layout: .plain(x.shape))
  source.withScalars { x in
    cotangent.withScalars { v in
      result.fill { g in
        for start in stride(from: 0, to: x.count, by: width) {
          let (row, up, into) = (x.baseAddress! + start, v.baseAddress! + start, g + start)
          let statistics = Statistics(row, width, epsilon)
          // With u = scale · v and x̂ the normalised row: (u − mean(u) − x̂ mean(u x̂)) / σ.
          for i in 0..<width { into[i] = scales[i] * up[i] }
          let mean = sum(into, width) / Float(width)
          var slope: Float = 0
          if !holdsDeviation { for i in 0..<width { slope += into[i] * (row[i] - statistics.mean) } }
          slope *= statistics.inverseDeviation * statistics.inverseDeviation / Float(width)
          for i in 0..<width {
            into[i] = (into[i] - mean - slope * (row[i] - statistics.mean)) * statistics.inverseDeviation
          }
        }
      }
    }
  }
  return result
}

private func rowWidth(_ shape: [Int], _ axis: Int, _ scale: NDArray?, _ bias: NDArray?) throws -> Int {
  let split = try AxisSplit(shape, axis)
  let width = split.extent * split.inner
  try require(
    scale.map { $0.count == width } ?? true && bias.map { $0.count == width } ?? true,
    "The scale and bias of a normalisation from axis \(axis) of \(shape) must have \(width) scalars each.")
  return width
}

/// What a row is normalised by.
struct Statistics {
  let mean: Float
  let inverseDeviation: Float

  init(_ row: UnsafePointer<Float>, _ count: Int, _ epsilon: Float) {
    let mean = sum(row, count) / Float(count)
    var squares = SIMD16<Float>.zero
    var i = 0
    while i + 16 <= count {
      let centered = UnsafeRawPointer(row + i).loadUnaligned(as: SIMD16<Float>.self) - mean
      squares += centered * centered
      i += 16
    }
    var total = squares.sum()
    while i < count {
      total += (row[i] - mean) * (row[i] - mean)
      i += 1
    }
    self.mean = mean
    inverseDeviation = 1 / (total / Float(count) + epsilon).squareRoot()
  }
}
