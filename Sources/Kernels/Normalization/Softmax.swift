import COneDNN

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// Exponentials along an axis, divided by their sum.
///
/// - Throws: Where the axis does not exist.
public func softmax(_ x: NDArray, axis: Int) throws -> NDArray { try softmax(x, axis: axis, isLogarithmic: false) }

/// The logarithm of `softmax`.
///
/// - Throws: Where the axis does not exist.
public func logSoftmax(_ x: NDArray, axis: Int) throws -> NDArray { try softmax(x, axis: axis, isLogarithmic: true) }

private func softmax(_ x: NDArray, axis: Int, isLogarithmic: Bool) throws -> NDArray {
  let axes = try AxisSplit(x.shape, axis)
  let source = x.plain()
  let result = NDArray(layout: .plain(x.shape))
  let folded = [axes.outer, axes.extent, axes.inner]
  let key = PrimitiveKey(kind: .softmax, numbers: folded + [isLogarithmic ? 1 : 0])
  let primitive = try Primitive.cached(key) {
    let data = try Descriptor.plain(folded)
    return try Primitive("softmax of \(x.shape)") { limn_softmax(data.pointer, 1, isLogarithmic, $0) }
  }
  try primitive.run([(LIMN_SOURCE, source.storage), (LIMN_DESTINATION, result.storage)])
  return result
}

/// The gradient of softmax: `y (v − ⟨y, v⟩)`.
///
/// - Parameters:
///   - cotangent: of the output's shape.
///   - y: the output of the forward softmax.
///   - axis: that of the softmax.
/// - Returns: The gradient, plain.
/// - Throws: Where the shapes differ.
public func softmaxPullback(_ cotangent: NDArray, output y: NDArray, axis: Int) throws -> NDArray {
  try softmaxPullback(cotangent, y, axis) { y, v, total in
    y * (v - total)
  } weigh: { y, v in
    y * v
  }
}

/// The gradient of the logarithm of softmax: `v − exp(y) Σ v`.
///
/// - Parameters:
///   - cotangent: of the output's shape.
///   - y: the output of the forward logarithm of softmax.
///   - axis: that of the softmax.
/// - Returns: The gradient, plain.
/// - Throws: Where the shapes differ.
public func logSoftmaxPullback(_ cotangent: NDArray, output y: NDArray, axis: Int) throws -> NDArray {
  try softmaxPullback(cotangent, y, axis) { y, v, total in
    v - expf(y) * total
  } weigh: { _, v in
    v
  }
}

@inline(__always)
private func softmaxPullback(
  _ cotangent: NDArray, _ y: NDArray, _ axis: Int, _ gradient: (Float, Float, Float) -> Float,
  weigh: (Float, Float) -> Float
) throws -> NDArray {
  try require(
    cotangent.shape == y.shape, "A cotangent of shape \(cotangent.shape) does not fit an output of \(y.shape).")
  let axes = try AxisSplit(y.shape, axis)
  let (v, y) = (cotangent.plain(), y.plain())
  let result = NDArray(layout: .plain(y.shape))
  v.withScalars { v in
    y.withScalars { y in
      result.fill { x in
        for start in axes.starts {
          var total: Float = 0
          for i in stride(from: start, to: start + axes.span, by: axes.inner) { total += weigh(y[i], v[i]) }
          for i in stride(from: start, to: start + axes.span, by: axes.inner) { x[i] = gradient(y[i], v[i], total) }
        }
      }
    }
  }
  return result
}

/// A plain array seen as `[outer, extent, inner]` around one axis.
struct AxisSplit {
  let outer: Int
  let extent: Int
  let inner: Int

  init(_ shape: [Int], _ axis: Int) throws {
    let index = axis < 0 ? axis + shape.count : axis
    try require(
      shape.indices.contains(index) && !shape.contains(0), "An array of shape \(shape) has nothing along axis \(axis).")
    outer = shape.prefix(index).reduce(1, *)
    extent = shape[index]
    inner = shape.dropFirst(index + 1).reduce(1, *)
  }

  /// How far one line along the axis reaches in memory.
  var span: Int { extent * inner }

  /// The offset of each line along the axis.
  var starts: [Int] { (0..<outer).flatMap { i in (0..<inner).map { i * extent * inner + $0 } } }
}
