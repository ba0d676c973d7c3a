/// Points of the straight path from one array to another, `a + t·(b − a)`, side by side.
///
/// - Parameters:
///   - start: `a`, `[1, …]`.
///   - end: `b`, of the same shape.
///   - places: `t` for each point.
/// - Returns: `[points, …]`, laid out as the start is.
/// - Throws: Where the shapes are not alike, or not of one array each.
public func points(from start: NDArray, to end: NDArray, at places: [Float]) throws -> NDArray {
  try require(
    start.shape == end.shape && start.shape.first == 1 && !places.isEmpty,
    "There is no path from an array of shape \(start.shape) to one of \(end.shape) with \(places.count) points.")
  let a = start.converted(to: .float32), shape = [places.count] + start.shape.dropFirst()
  guard let layout = a.layout.sibling(shape), layout.storageCount == places.count * a.layout.storageCount else {
    return try points(from: a.plain(), to: end, at: places)
  }
  let b = end.converted(to: .float32).reordered(to: a.layout), result = NDArray(layout: layout)
  a.withScalars { a in
    b.withScalars { b in
      result.fill { target in
        Engine.current.split(a.count, costing: places.count) { part in
          for (point, t) in places.enumerated() {
            let to = target + point * a.count
            for k in part { to[k] = a[k] + t * (b[k] - a[k]) }
          }
        }
      }
    }
  }
  return result
}

/// The weighted sum of arrays that lie side by side.
///
/// - Parameters:
///   - batch: `[arrays, …]`.
///   - weights: what each is multiplied by.
/// - Returns: `[1, …]`, laid out as the batch is.
/// - Throws: Where there are not as many weights as arrays.
public func weightedSum(_ batch: NDArray, _ weights: [Float]) throws -> NDArray {
  try require(
    batch.shape.first == weights.count && !weights.isEmpty,
    "\(weights.count) weights do not fit an array of shape \(batch.shape).")
  let x = batch.converted(to: .float32), shape = [1] + batch.shape.dropFirst()
  guard let layout = x.layout.sibling(shape), x.layout.storageCount == weights.count * layout.storageCount else {
    return try weightedSum(x.plain(), weights)
  }
  let result = NDArray(layout: layout)
  x.withScalars { x in
    result.fill { target in
      Engine.current.split(layout.storageCount, costing: weights.count) { part in
        for k in part { target[k] = weights[0] * x[k] }
        for (array, weight) in weights.enumerated().dropFirst() {
          let from = x.baseAddress! + array * layout.storageCount
          for k in part { target[k] += weight * from[k] }
        }
      }
    }
  }
  return result
}
