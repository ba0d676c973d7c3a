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
    var batch = Batch(of: input.shape)
    guard let model = model as? any BatchModel else {
      return try scores(of: count, inBatchesOf: 1) {
        let logits = try self.model.trace(images($0.lowerBound)).logits
        return logits.reshaped([1] + logits.shape)
      }
    }
    let size = count > 1 ? model.batchSize(within: options.memoryLimit) : 1
    return try scores(of: count, inBatchesOf: size) { try model.logits(for: batch.filled(with: $0, images)) }
  }

  /// The score for each of many activations of `layer`, from which the network is run on; made one at a time and run
  /// in batches within the memory allowed.
  ///
  /// - Throws: ``AttributionError/cannotResume(after:)`` where the model's adapter is not able to.
  public func scores(of count: Int, replacing layer: Layer, with activations: (Int) throws -> Tensor) throws -> [Float]
  {
    guard let trace = trace as? any ResumableTrace else { throw AttributionError.cannotResume(after: layer) }
    var batch = Batch(of: layer.shape)
    let size = count > 1 ? try trace.batchSize(after: layer, within: options.memoryLimit) : 1
    return try scores(of: count, inBatchesOf: size) {
      try trace.logits(replacing: layer, with: batch.filled(with: $0, activations))
    }
  }

  /// The score without each of the channels of `layer`: with the one set to zero and all others as they are.
  ///
  /// - Throws: ``AttributionError/cannotResume(after:)`` where the model's adapter is not able to.
  public func scores(removingChannelsOf layer: Layer) throws -> [Float] {
    let count = layer.shape[0]
    guard let trace = trace as? any AblatableTrace else {
      let whole = try activation(at: layer)
      return try scores(of: count, replacing: layer) { whole.removing(channel: $0) }
    }
    let size = try trace.batchSize(removingChannelsOf: layer, within: options.memoryLimit)
    return try scores(of: count, inBatchesOf: size) { try trace.logits(removing: $0, of: layer) }
  }

  /// Tells whoever listens how far a method has come.
  public func report(passes: Int, of total: Int) { options.progress?(.init(passes: passes, of: total)) }

  /// Scores what `logits` makes of batches of `size`, the last few of `count` one by one, so that every plan but two is
  /// spared.
  private func scores(of count: Int, inBatchesOf size: Int, logits: (Range<Int>) throws -> Tensor) throws -> [Float] {
    var scores: [Float] = []
    scores.reserveCapacity(count)
    while scores.count < count {
      let places = scores.count..<scores.count + (count - scores.count < size ? 1 : size)
      for row in try logits(places).rows {
        scores.append(try target.score(of: row, link: model.probabilityLink).value)
      }
      report(passes: scores.count, of: count)
    }
    return scores
  }
}
