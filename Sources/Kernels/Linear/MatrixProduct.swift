import COneDNN

/// The matrix product of the last two axes, as NumPy's `matmul`: leading axes broadcast.
///
/// - Parameters:
///   - a: `[…, M, K]`, or `[…, K, M]` where transposed; a vector `[K]` is a row.
///   - b: `[…, K, N]`, or `[…, N, K]` where transposed; a vector `[K]` is a column.
///   - transposeA: whether the last two axes of `a` change places.
///   - transposeB: whether those of `b` do.
/// - Returns: `[…, M, N]`, plain; the axis that a vector lacks is missing. Where an operand is of bfloat16, so are both
///   that are multiplied, but not the sums.
/// - Throws: Where the shapes do not fit together.
public func matrixProduct(_ a: NDArray, _ b: NDArray, transposeA: Bool = false, transposeB: Bool = false) throws
  -> NDArray
{
  try require(
    !a.shape.isEmpty && !b.shape.isEmpty && !(a.shape + b.shape).contains(0),
    "A matrix product needs at least vectors, not shapes \(a.shape) and \(b.shape).")
  let precision: Precision = a.layout.precision == b.layout.precision ? a.layout.precision : .bfloat16
  let left = MatrixOperand(a, precision, isTransposed: transposeA && a.shape.count > 1, vectorIsRow: true)
  let right = MatrixOperand(b, precision, isTransposed: transposeB && b.shape.count > 1, vectorIsRow: false)
  guard left.columns == right.rows, let batch = broadcastShape(left.batch, right.batch) else {
    throw KernelError("Shapes \(a.shape) and \(b.shape) have no matrix product.")
  }
  let result = NDArray(layout: .plain(batch + [left.rows, right.columns]))
  let key = PrimitiveKey(
    kind: .matrix, layouts: [.plain(left.shape), .plain(right.shape)],
    numbers: [left.isTransposed ? 1 : 0, right.isTransposed ? 1 : 0], precision: precision)
  let primitive = try Primitive.cached(key) {
    let source = try left.descriptor(rank: result.shape.count)
    let weights = try right.descriptor(rank: result.shape.count)
    let destination = try Descriptor.plain(result.shape)
    return try Primitive("matrix product of \(left.shape) and \(right.shape)") {
      limn_matrix_product(source.pointer, weights.pointer, nil, destination.pointer, $0)
    }
  }
  if precision != .float32, primitive.isReference {
    return try matrixProduct(
      a.converted(to: .float32), b.converted(to: .float32), transposeA: transposeA, transposeB: transposeB)
  }
  try primitive.run([
    (LIMN_SOURCE, left.array.storage), (LIMN_WEIGHTS, right.array.storage), (LIMN_DESTINATION, result.storage),
  ])
  return result.reshaped(
    batch + (a.shape.count == 1 ? [] : [left.rows]) + (b.shape.count == 1 ? [] : [right.columns]))
}

/// A matrix product's operand: row-major, and at least a matrix.
private struct MatrixOperand {
  let array: NDArray
  let isTransposed: Bool

  init(_ array: NDArray, _ precision: Precision, isTransposed: Bool, vectorIsRow: Bool) {
    let isMatrix = array.shape.count > 1
    let matrix = isMatrix ? array : array.reshaped(vectorIsRow ? [1, array.count] : [array.count, 1])
    self.array = matrix.rowMajor(precision)
    self.isTransposed = isTransposed
  }

  var shape: [Int] { array.shape }
  var batch: [Int] { Array(shape.dropLast(2)) }
  var rows: Int { shape[shape.count - (isTransposed ? 1 : 2)] }
  var columns: Int { shape[shape.count - (isTransposed ? 2 : 1)] }

  func descriptor(rank: Int) throws -> Descriptor {
    let leading = Array(repeating: 1, count: rank - shape.count)
    let strides = rowMajorStrides(leading + shape)
    // A single row or column lies the same way either side up; gemm wants it told as row-major.
    let lastTwo =
      rows == 1 || columns == 1
      ? [columns, 1] : isTransposed ? [strides[rank - 1], strides[rank - 2]] : Array(strides.suffix(2))
    return try .strided(
      leading + batch + [rows, columns], strides: strides.dropLast(2) + lastTwo, array.layout.precision)
  }
}
