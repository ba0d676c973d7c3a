/// The largest eigenvalue of a symmetric matrix and its eigenvector, by Lanczos' iteration.
///
/// The matrix is known by its products alone, so that `XᵀX` is never formed. Each step takes one product; all earlier
/// directions are kept and taken out of the next one, which keeps the iteration honest in finite precision. The same
/// matrix gives the same numbers; where the largest eigenvalue has several eigenvectors, one of them.
///
/// Source: Golub & Van Loan, *Matrix Computations*, 4th edition, 2013, section 10.1.
public struct LargestEigenpair: Sendable {
  /// The eigenvalue: the greatest, not the one of the greatest size.
  public let value: Double
  /// Of length one; its sign means nothing.
  public let vector: [Double]

  /// - Parameters:
  ///   - count: The number of rows of the matrix, one or more.
  ///   - tolerance: How far the product may be from the eigenvalue's multiple, as a share of the matrix' size.
  ///   - multiply: The product of the matrix and a vector.
  public init(
    ofSymmetric count: Int, tolerance: Double = 1e-9, multiply: ([Double]) -> [Double]
  ) {
    precondition(count > 0, "a matrix without rows has no eigenvalues")
    var generator = SplitMix64(seed: 0)
    // Noise, since a start that is orthogonal to the eigenvector would never find it.
    var directions = [(0..<count).map { _ in Double(generator.gaussian()) }.unit()]
    var (diagonal, beside): ([Double], [Double]) = ([], [])
    while true {
      let last = directions[directions.count - 1]
      var next = multiply(last)
      diagonal.append(last.dot(next))
      // Twice is enough (Kahan's rule).
      for _ in 0..<2 { for direction in directions { next.subtract(direction.dot(next), times: direction) } }
      let length = next.dot(next).squareRoot()
      let top = Tridiagonal(diagonal: diagonal, beside: beside).top()
      let size = max(abs(top.value), diagonal.reduce(0) { max($0, abs($1)) })
      let residual = length * abs(top.vector[top.vector.count - 1])
      if residual <= tolerance * size || directions.count == count {
        value = top.value
        var sum = [Double](repeating: 0, count: count)
        for (share, direction) in zip(top.vector, directions) { sum.subtract(-share, times: direction) }
        vector = sum.unit()
        return
      }
      beside.append(length)
      directions.append(next.map { $0 / length })
    }
  }
}

/// A symmetric matrix that is zero but for its diagonal and the numbers beside it.
private struct Tridiagonal {
  let diagonal: [Double]
  /// The numbers right and left of the diagonal, one fewer.
  let beside: [Double]

  /// The greatest eigenvalue, by bisection, and its eigenvector, by inverse iteration.
  func top() -> (value: Double, vector: [Double]) {
    let reach = diagonal.indices.map { i in
      (i > 0 ? abs(beside[i - 1]) : 0) + (i < beside.count ? abs(beside[i]) : 0)
    }
    // Gershgorin's circles hold every eigenvalue.
    var low = zip(diagonal, reach).reduce(Double.infinity) { min($0, $1.0 - $1.1) }
    var high = zip(diagonal, reach).reduce(-Double.infinity) { max($0, $1.0 + $1.1) }
    let size = max(abs(low), abs(high))
    guard size > 0 else { return (0, [1] + Array(repeating: 0, count: diagonal.count - 1)) }
    while high - low > 1e-15 * size {
      let middle = (low + high) / 2
      if middle <= low || middle >= high { break }
      if isBounded(by: middle) { high = middle } else { low = middle }
    }
    var vector = [Double](repeating: 1, count: diagonal.count).unit()
    for _ in 0..<4 { vector = solve(above: high + 1e-14 * size, vector).unit() }
    return (high, vector)
  }

  /// Whether all eigenvalues are below `bound`, so that `bound − T` has a Cholesky factor.
  private func isBounded(by bound: Double) -> Bool {
    var pivot = 1.0
    for (i, number) in diagonal.enumerated() {
      pivot = bound - number - (i > 0 ? beside[i - 1] * beside[i - 1] / pivot : 0)
      if pivot <= 0 { return false }
    }
    return true
  }

  /// `(bound − T)⁻¹ v`, where all eigenvalues are below the bound: elimination needs no pivoting.
  private func solve(above bound: Double, _ right: [Double]) -> [Double] {
    var (pivots, x) = ([Double](), right)
    for i in diagonal.indices {
      var pivot = bound - diagonal[i]
      if i > 0 {
        let factor = -beside[i - 1] / pivots[i - 1]
        pivot += factor * beside[i - 1]
        x[i] -= factor * x[i - 1]
      }
      pivots.append(max(pivot, .leastNormalMagnitude))
    }
    for i in diagonal.indices.reversed() {
      if i + 1 < diagonal.count { x[i] += beside[i] * x[i + 1] }
      x[i] /= pivots[i]
    }
    return x
  }
}

extension [Double] {
  fileprivate func dot(_ other: [Double]) -> Double {
    withUnsafeBufferPointer { a in
      other.withUnsafeBufferPointer { b in
        var sum = 0.0
        for i in 0..<a.count { sum += a[i] * b[i] }
        return sum
      }
    }
  }

  fileprivate mutating func subtract(_ factor: Double, times other: [Double]) {
    withUnsafeMutableBufferPointer { a in
      other.withUnsafeBufferPointer { b in
        for i in 0..<a.count { a[i] -= factor * b[i] }
      }
    }
  }

  /// Scaled to length one, first by its greatest number so that no square overflows; zero stays zero.
  fileprivate func unit() -> [Double] {
    let greatest = reduce(0) { Swift.max($0, abs($1)) }
    guard greatest > 0, greatest.isFinite else { return self }
    let scaled = map { $0 / greatest }
    let length = scaled.dot(scaled).squareRoot()
    return scaled.map { $0 / length }
  }
}
