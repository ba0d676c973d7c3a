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
  try linePullback(cotangent, y, axis) { y, v, x, count in
    let total = dot(y, v, count)
    for i in 0..<count { x[i] = y[i] * (v[i] - total) }
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
  try linePullback(cotangent, y, axis) { y, v, x, count in
    let total = sum(v, count)
    for i in 0..<count { x[i] = v[i] - expf(y[i]) * total }
  }
}

/// A gradient that each line along an axis has to itself.
private func linePullback(
  _ cotangent: NDArray, _ y: NDArray, _ axis: Int,
  _ line: (UnsafePointer<Float>, UnsafePointer<Float>, UnsafeMutablePointer<Float>, Int) -> Void
) throws -> NDArray {
  try require(
    cotangent.shape == y.shape, "A cotangent of shape \(cotangent.shape) does not fit an output of \(y.shape).")
  let axes = try AxisSplit(y.shape, axis)
  // Lines are brought to lie side by side, which costs less than walking them in strides.
  let folded = [axes.outer, axes.extent, axes.inner]
  let isInnermost = axes.inner == 1
  func turned(_ x: NDArray) throws -> NDArray {
    isInnermost ? x.plain() : try transposed(x.reshaped(folded), permutation: [0, 2, 1])
  }
  let (v, outputs) = (try turned(cotangent), try turned(y))
  let result = NDArray(layout: v.layout)
  v.withScalars { v in
    outputs.withScalars { y in
      result.fill { x in
        for start in stride(from: 0, to: v.count, by: axes.extent) {
          line(y.baseAddress! + start, v.baseAddress! + start, x + start, axes.extent)
        }
      }
    }
  }
  return isInnermost ? result : try transposed(result, permutation: [0, 2, 1]).reshaped(y.shape)
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
}
