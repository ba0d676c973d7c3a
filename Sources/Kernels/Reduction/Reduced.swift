#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// What the scalars along reduced axes become.
public enum ReductionKind: Hashable, Sendable {
  case sum, mean, max, min, product
  /// The sum of absolute values.
  case l1
  /// The root of the sum of squares.
  case l2
  case sumOfSquares
  case logarithmOfSum
  /// The logarithm of the sum of exponentials, without overflow.
  case logarithmOfSumOfExponentials
}

/// An array reduced along some axes; none named means all.
///
/// - Parameters:
///   - x: any array.
///   - reduction: what the scalars become.
///   - axes: may be negative, counting from the end.
///   - keepsDimensions: whether reduced axes stay, with extent one.
/// - Returns: The reduced array, plain.
/// - Throws: Where an axis does not exist.
public func reduced(_ x: NDArray, _ reduction: ReductionKind, axes: [Int] = [], keepsDimensions: Bool = true) throws
  -> NDArray
{
  let x = x.converted(to: .float32), shape = x.shape
  let named = axes.isEmpty ? Array(shape.indices) : axes.map { $0 < 0 ? $0 + shape.count : $0 }
  try require(
    named.allSatisfy(shape.indices.contains) && Set(named).count == named.count && !shape.contains(0),
    "An array of shape \(shape) cannot be reduced along axes \(axes).")
  let kept = shape.indices.map { named.contains($0) ? 1 : shape[$0] }
  let fold = Fold(x.plain(), to: kept)
  let result: NDArray
  switch reduction {
  case .sum: result = summed(x, to: kept)
  case .mean: result = summed(x, to: kept).mapped { $0 * (Float(kept.reduce(1, *)) / Float(x.count)) }
  case .max: result = fold.folded(from: -.infinity) { $1 > $0 || $1.isNaN ? $1 : $0 }
  case .min: result = fold.folded(from: .infinity) { $1 < $0 || $1.isNaN ? $1 : $0 }
  case .product: result = fold.folded(from: 1) { $0 * $1 }
  case .l1: result = fold.folded(from: 0) { $0 + abs($1) }
  case .l2: result = fold.folded(from: 0) { $0 + $1 * $1 }.mapped { $0.squareRoot() }
  case .sumOfSquares: result = fold.folded(from: 0) { $0 + $1 * $1 }
  case .logarithmOfSum: result = summed(x, to: kept).mapped { logf($0) }
  case .logarithmOfSumOfExponentials:
    let peak = fold.folded(from: -.infinity) { Swift.max($0, $1) }.mapped { $0.isFinite ? $0 : 0 }
    let shifted = try combine(.subtract, x.plain(), peak).mapped { expf($0) }
    result = try combine(.add, summed(shifted, to: kept).mapped { logf($0) }, peak)
  }
  return keepsDimensions ? result : result.reshaped(shape.indices.filter { !named.contains($0) }.map { shape[$0] })
}

/// A plain array seen together with the smaller one that it is folded into.
private struct Fold {
  let source: NDArray
  let target: [Int]

  init(_ source: NDArray, to target: [Int]) { (self.source, self.target) = (source, target) }

  @inline(__always)
  func folded(from initial: Float, _ combine: (Float, Float) -> Float) -> NDArray {
    let result = NDArray(repeating: initial, shape: target)
    let into = broadcastStrides(target, to: source.shape)
    source.withScalars { from in
      result.fill { to in
        forEachRun(source.shape, into, rowMajorStrides(source.shape), into) { run in
          let (y, x) = (to + run.offsets.0, from.baseAddress! + run.offsets.1)
          if run.strides.0 == 0 {
            var total = y.pointee
            for k in 0..<run.count { total = combine(total, x[k * run.strides.1]) }
            y.pointee = total
          } else {
            for k in 0..<run.count { y[k * run.strides.0] = combine(y[k * run.strides.0], x[k * run.strides.1]) }
          }
        }
      }
    }
    return result
  }
}
