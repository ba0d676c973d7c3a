public import Tensors

/// Further passes of the network, for methods that ask what would be if the input or an activation were another.
extension ExplanationSession {
  /// The same question asked of another input: the class chosen here stays.
  public func repeated(on input: Tensor) throws -> ExplanationSession {
    try ExplanationSession(of: model, on: input, for: target, options: options)
  }

  /// The score of each of many images, which are made one at a time and run in batches within the memory allowed.
  ///
  /// A model that is no ``BatchModel`` runs them one by one.
  public func scores(of count: Int, images: (Int) throws -> Tensor) throws -> [Float] {
    guard let model = model as? any BatchModel else {
      return try batches(of: 1, count, input.shape, images) { batch in
        let logits = try self.model.trace(batch.reshaped(input.shape)).logits
        return logits.reshaped([1] + logits.shape)
      }
    }
    let size = count > 1 ? model.batchSize(within: options.memoryLimit) : 1
    return try batches(of: size, count, input.shape, images) { try model.logits(for: $0) }
  }

  /// The score for each of many activations of `layer`, from which the network is run on; made one at a time and run
  /// in batches within the memory allowed.
  ///
  /// - Throws: ``AttributionError/cannotResume(after:)`` where the model's adapter is not able to.
  public func scores(of count: Int, replacing layer: Layer, with activations: (Int) throws -> Tensor) throws -> [Float]
  {
    guard let trace = trace as? any ResumableTrace else { throw AttributionError.cannotResume(after: layer) }
    let size = count > 1 ? try trace.batchSize(after: layer, within: options.memoryLimit) : 1
    return try batches(of: size, count, layer.shape, activations) { try trace.logits(replacing: layer, with: $0) }
  }

  /// Tells whoever listens how far a method has come.
  public func report(passes: Int, of total: Int) { options.progress?(.init(passes: passes, of: total)) }

  /// Fills batches of `size`, the last few of `count` one by one, so that every plan but two is spared.
  private func batches(
    of size: Int, _ count: Int, _ shape: [Int], _ make: (Int) throws -> Tensor, run: (Tensor) throws -> Tensor
  ) throws -> [Float] {
    var scores: [Float] = []
    scores.reserveCapacity(count)
    let stride = shape.reduce(1, *)
    var batch = Tensor(repeating: 0, shape: [size] + shape)
    while scores.count < count {
      if count - scores.count < batch.shape[0] { batch = Tensor(repeating: 0, shape: [1] + shape) }
      for place in 0..<batch.shape[0] {
        let one = try make(scores.count + place)
        precondition(one.shape == shape, "\(one.shape) in place of \(shape)")
        batch.scalars.withUnsafeMutableBufferPointer { batch in
          one.scalars.withUnsafeBufferPointer { one in
            _ = UnsafeMutableBufferPointer(rebasing: batch[place * stride..<(place + 1) * stride]).update(from: one)
          }
        }
      }
      let logits = try run(batch)
      for place in 0..<batch.shape[0] {
        scores.append(try target.score(of: logits.channel(place), link: model.probabilityLink).value)
      }
      report(passes: scores.count, of: count)
    }
    return scores
  }
}
