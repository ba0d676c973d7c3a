/// Single scalars of a tensor as tensors without dimensions, `[]`, which every other meets as a whole; and choices of several.
extension Tensor {
  /// The greatest scalar, `[]`; zero for an empty tensor.
  public func greatest() -> Tensor { Tensor([scalars.max() ?? 0], shape: []).recorded(.greatest, of: self) }

  /// The least scalar, `[]`; zero for an empty tensor.
  public func least() -> Tensor { Tensor([scalars.min() ?? 0], shape: []).recorded(.least, of: self) }

  /// The value that `percent` of the scalars do not exceed, `[]`, interpolated linearly between the nearest two.
  public func value(atPercentile percent: Float) -> Tensor {
    Tensor([percentile(percent)], shape: []).recorded(.percentile(percent), of: self)
  }

  /// The sum of all scalars, `[]`.
  public func total() -> Tensor { reshaped([1, scalars.count]).spatialSum().reshaped([]) }

  /// The mean of all scalars, `[]`.
  public func mean() -> Tensor { 1 / Float(Swift.max(1, scalars.count)) * total() }

  /// The scalars at these indices of ``scalars``, in a shape of as many.
  public func taken(at indices: [Int], shape: [Int]) -> Tensor {
    Tensor(indices.map { scalars[$0] }, shape: shape).recorded(.take(indices), of: self)
  }

  /// A row for each of the `count` largest scalars of a vector in the order of their places, with one there and zero
  /// elsewhere: `[count, scalars]`, which takes their channels out of others by a product of matrices.
  public func placesOfLargest(_ count: Int) -> Tensor {
    var rows = Tensor(repeating: 0, shape: [count, scalars.count])
    for (row, place) in descendingOrder().prefix(count).sorted().enumerated() { rows[row * scalars.count + place] = 1 }
    return rows.recorded(.largest(count), of: self)
  }

  /// Tensors that differ in their first dimension at most, one after the other along it; at least one.
  public init(joining parts: [Tensor]) {
    let shapes = Set(parts.map { $0.shape.dropFirst() })
    precondition(shapes.count == 1, "tensors of \(parts.map(\.shape)) cannot be joined")
    let extent = parts.reduce(0) { $0 + $1.shape[0] }
    self = Tensor(parts.flatMap(\.scalars), shape: [extent] + parts[0].shape.dropFirst())
      .recorded(as: .join, of: parts)
  }
}
