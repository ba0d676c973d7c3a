import Tensors

/// Memory for tensors of one shape side by side, used again for the next ones.
struct Batch {
  private var tensor: Tensor

  init(of shape: [Int]) { tensor = Tensor([], shape: [0] + shape) }

  /// The tensors that `make` makes for these places: `[places]` + their shape.
  mutating func filled(with places: Range<Int>, _ make: (Int) throws -> Tensor) rethrows -> Tensor {
    let shape = Array(tensor.shape.dropFirst()), stride = shape.reduce(1, *)
    if tensor.shape[0] != places.count { tensor = Tensor(repeating: 0, shape: [places.count] + shape) }
    for place in places {
      let one = try make(place)
      precondition(one.shape == shape, "\(one.shape) in place of \(shape)")
      let start = (place - places.lowerBound) * stride
      tensor.scalars.withUnsafeMutableBufferPointer { batch in
        one.scalars.withUnsafeBufferPointer { one in
          _ = UnsafeMutableBufferPointer(rebasing: batch[start..<start + stride]).update(from: one)
        }
      }
    }
    return tensor
  }
}

extension Tensor {
  /// The parts of a batch: tensors of the shape that follows its first extent.
  var rows: [Tensor] { (0..<shape[0]).map(channel) }
}
