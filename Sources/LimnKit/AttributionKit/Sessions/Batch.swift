import Tensors

/// Memory for tensors of one layer side by side, used again for the next ones.
struct Batch {
  private let layer: Layer
  private var tensor: Tensor

  init(of layer: Layer) {
    self.layer = layer
    tensor = Tensor([], shape: [0] + layer.shape)
  }

  /// The tensors that `write` writes for these places, `[places]` + their shape; it is lent the memory of one at a time.
  ///
  /// - Throws: What `write` throws.
  mutating func filled(
    with places: Range<Int>, _ write: (Int, UnsafeMutableBufferPointer<Float>) throws -> Void
  ) rethrows -> Tensor {
    let stride = layer.shape.reduce(1, *)
    if tensor.shape[0] != places.count { tensor = Tensor(repeating: 0, shape: [places.count] + layer.shape) }
    try tensor.withMutableScalars { batch in
      for place in places {
        let start = (place - places.lowerBound) * stride
        try write(place, UnsafeMutableBufferPointer(rebasing: batch[start..<start + stride]))
      }
    }
    return tensor
  }

  /// The tensors that `make` makes for these places: `[places]` + their shape.
  ///
  /// - Throws: ``AttributionError/wrongShape(_:for:)``, and what `make` throws.
  mutating func filled(with places: Range<Int>, copying make: (Int) throws -> Tensor) throws -> Tensor {
    let layer = layer
    return try filled(with: places) { place, target in
      let one = try make(place)
      guard one.shape == layer.shape else { throw AttributionError.wrongShape(one.shape, for: layer) }
      one.scalars.withUnsafeBufferPointer { _ = target.update(from: $0) }
    }
  }
}

/// Inputs of a network side by side: many tensors in place of the one attributed to, the others as in a session.
struct InputBatch {
  private var varying: Batch
  private let index: Int
  private let inputs: [Tensor]
  /// The inputs that stay, repeated as often as there were places the last time.
  private var repeated: [Tensor] = []

  init(of session: ExplanationSession) {
    varying = Batch(of: session.inputLayer)
    index = session.inputIndex
    inputs = session.inputs
  }

  /// For each input `[places]` + its shape, with what `make` makes for these places in the one attributed to.
  ///
  /// - Throws: ``AttributionError/wrongShape(_:for:)``, and what `make` throws.
  mutating func filled(with places: Range<Int>, copying make: (Int) throws -> Tensor) throws -> [Tensor] {
    beside(try varying.filled(with: places, copying: make))
  }

  /// The same, with what `write` writes to the memory of one at a time.
  ///
  /// - Throws: What `write` throws.
  mutating func filled(
    with places: Range<Int>, _ write: (Int, UnsafeMutableBufferPointer<Float>) throws -> Void
  ) rethrows -> [Tensor] {
    beside(try varying.filled(with: places, write))
  }

  private mutating func beside(_ filled: Tensor) -> [Tensor] {
    guard inputs.count > 1 else { return [filled] }
    let count = filled.shape[0]
    if repeated.first?.shape[0] != count {
      repeated = inputs.map { input in
        Tensor(Array(repeating: input.scalars, count: count).flatMap { $0 }, shape: [count] + input.shape)
      }
    }
    var batch = repeated
    batch[index] = filled
    return batch
  }
}

extension Tensor {
  /// The parts of a batch: tensors of the shape that follows its first extent.
  var rows: [Tensor] { (0..<shape[0]).map(channel) }
}
