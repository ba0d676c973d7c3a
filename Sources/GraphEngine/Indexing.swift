public import Kernels

/// What whole numbers that name places in an array mean. (ONNX `Gather`, `GatherElements`, `GatherND`.)
public enum Indexing: Hashable, Sendable {
  /// Each index is a position along the axis, and names all that stands there; the axis becomes the indices' own.
  case positions(axis: Int)
  /// One index along the axis for each scalar, whose other indices are its own.
  case elements(axis: Int)
  /// Tuples along the last axis of the indices name places along the first axes behind those of the batch.
  case tuples(batch: Int)

  /// The shape of what indices of a shape name in an array of another.
  ///
  /// - Throws: ``ShapeError`` where they do not fit.
  public func shape(of indices: [Int], into shape: [Int]) throws -> [Int] {
    let misfit = ShapeError("indices of \(spelled(indices)) do not fit \(spelled(shape))")
    switch self {
    case .positions(let axis):
      guard shape.indices.contains(axis) else { throw misfit }
      return shape[..<axis] + indices + shape[(axis + 1)...]
    case .elements(let axis):
      guard shape.indices.contains(axis), indices.count == shape.count,
        shape.indices.allSatisfy({ $0 == axis || indices[$0] <= shape[$0] })
      else { throw misfit }
      return indices
    case .tuples(let batch):
      guard let length = indices.last, length > 0, batch >= 0, batch < indices.count, batch + length <= shape.count,
        indices[..<batch] == shape[..<batch]
      else { throw misfit }
      return indices.dropLast() + shape[(batch + length)...]
    }
  }

  /// The places in row-major memory of an array of `shape` that indices name, in the order of ``shape(of:into:)``.
  ///
  /// - Throws: ``ShapeError`` where an index leaves the array.
  public func places(of indices: NDArray, into shape: [Int]) throws -> [Int] {
    let numbers = indices.scalars, extents = indices.shape, strides = rowMajorStrides(shape)
    switch self {
    case .positions(let axis):
      let positions = try numbers.map { try position($0, of: shape[axis]) }, inner = strides[axis]
      return (0..<shape[..<axis].reduce(1, *)).flatMap { outer in
        positions.flatMap { position in
          let start = (outer * shape[axis] + position) * inner
          return start..<(start + inner)
        }
      }
    case .elements(let axis):
      let own = rowMajorStrides(extents)
      return try numbers.enumerated().map { place, number in
        var result = try position(number, of: shape[axis]) * strides[axis]
        for other in shape.indices where other != axis {
          result += place / own[other] % extents[other] * strides[other]
        }
        return result
      }
    case .tuples(let batch):
      let length = extents[extents.count - 1], inner = strides[batch + length - 1]
      let perBatch = extents[batch...].dropLast().reduce(1, *)
      return try stride(from: 0, to: numbers.count, by: length).flatMap { first in
        var start = batch == 0 ? 0 : first / length / perBatch * strides[batch - 1]
        for axis in 0..<length {
          start += try position(numbers[first + axis], of: shape[batch + axis]) * strides[batch + axis]
        }
        return start..<(start + inner)
      }
    }
  }

  private func position(_ number: Float, of extent: Int) throws -> Int {
    guard number.isFinite, abs(number) < 0x1p31 else { throw ShapeError("\(number) is no index") }
    let index = Int(number)
    guard (-extent..<extent).contains(index) else { throw ShapeError("index \(index) lies outside of \(extent)") }
    return index < 0 ? index + extent : index
  }
}
