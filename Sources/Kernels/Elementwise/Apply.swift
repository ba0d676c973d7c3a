import COneDNN

/// Applies a function to each scalar; the result lies as the input does.
///
/// - Throws: Where the array is empty.
public func apply(_ f: UnaryFunction, _ x: NDArray) throws -> NDArray {
  try require(x.count > 0, "A function cannot be applied to an empty array of shape \(x.shape).")
  // Kernels rely on zeros in the padding of blocks.
  let keepsPadding = !x.layout.hasPadding || f.isZeroAtZero
  guard let parameters = f.parameters else {
    if x.layout.precision != .float32 { return try apply(f, x.converted(to: .float32)) }
    if !keepsPadding { return try apply(f, x.plain()).reordered(to: x.layout) }
    return x.mapped(f.value)
  }
  let flat: Layout = keepsPadding ? x.layout.flat : x.layout
  let primitive = try elementwise(parameters, flat, isBackward: false)
  let result = NDArray(layout: x.layout)
  try primitive.run([(LIMN_SOURCE, x.storage), (LIMN_DESTINATION, result.storage)])
  return result
}

/// The gradient of a function applied to each scalar; it lies as the input does.
///
/// - Parameters:
///   - f: the function.
///   - cotangent: of the input's shape.
///   - x: what the function was applied to.
/// - Returns: The gradient, lying as the input does.
/// - Throws: Where the shapes differ.
public func applyPullback(_ f: UnaryFunction, _ cotangent: NDArray, input x: NDArray) throws -> NDArray {
  try require(
    cotangent.shape == x.shape && x.count > 0,
    "A cotangent of shape \(cotangent.shape) does not fit an input of shape \(x.shape).")
  if f.parameters == nil, x.layout.precision != .float32 {
    return try applyPullback(f, cotangent, input: x.converted(to: .float32))
  }
  let cotangent = cotangent.reordered(to: x.layout)
  guard let parameters = f.parameters else {
    if x.layout.hasPadding, !f.derivative(0).isFinite {
      return try applyPullback(f, cotangent.plain(), input: x.plain()).reordered(to: x.layout)
    }
    return x.mapped(with: cotangent) { x, v in f.derivative(x) * v }
  }
  let primitive = try elementwise(parameters, x.layout.flat, isBackward: true)
  let result = NDArray(layout: x.layout)
  try primitive.run([
    (LIMN_SOURCE, x.storage), (LIMN_DESTINATION_GRADIENT, cotangent.storage), (LIMN_SOURCE_GRADIENT, result.storage),
  ])
  return result
}

private func elementwise(
  _ parameters: (function: limn_function, alpha: Float, beta: Float), _ layout: Layout, isBackward: Bool
) throws -> Primitive {
  let key = PrimitiveKey(
    kind: .elementwise, layouts: [layout], numbers: [Int(parameters.function.rawValue), isBackward ? 1 : 0],
    scalars: [parameters.alpha, parameters.beta])
  return try Primitive.cached(key) {
    let data = try layout.descriptor()
    return try Primitive("elementwise function") {
      limn_elementwise(parameters.function, parameters.alpha, parameters.beta, data.pointer, isBackward, $0)
    }
  }
}

extension NDArray {
  /// A function of each scalar in the order of memory, in float32; it must keep zero, where blocks are padded.
  @inline(__always)
  func mapped(_ f: (Float) -> Float) -> NDArray {
    let source = converted(to: .float32), result = NDArray(layout: source.layout)
    source.withScalars { x in
      result.fill { y in for i in 0..<x.count { y[i] = f(x[i]) } }
    }
    return result
  }

  /// A function of this array's scalars and another's.
  @inline(__always)
  func mapped(with other: NDArray, _ f: (Float, Float) -> Float) -> NDArray {
    let source = converted(to: .float32), result = NDArray(layout: source.layout)
    source.withScalars { x in
      other.reordered(to: source.layout).withScalars { y in
        result.fill { z in for i in 0..<x.count { z[i] = f(x[i], y[i]) } }
      }
    }
    return result
  }
}
