public import Tensors

/// Further passes of the network, for methods that ask what would be if the input or an activation were another.
extension ExplanationSession {
  /// The same question asked of another input in place of the one attributed to: the class chosen here stays, and so do
  /// the other inputs.
  public func repeated(on input: Tensor) throws -> ExplanationSession {
    var inputs = inputs
    inputs[inputIndex] = input
    return try ExplanationSession(of: model, on: inputs, for: target, by: inputLayer.name, options: options)
  }

  /// The score of each of many images in place of the input attributed to, which are made one at a time and run in
  /// batches within the memory allowed.
  ///
  /// A model that is no ``BatchModel`` runs them one by one.
  ///
  /// - Throws: ``AttributionError/wrongShape(_:for:)``, and whatever the model, the options' progress or `images` throws.
  public func scores(of count: Int, images: (Int) throws -> Tensor) throws -> [Float] {
    var batch = InputBatch(of: self)
    guard let model = model as? any BatchModel else {
      return try scores(of: count, inBatchesOf: 1) { places in
        let one = try batch.filled(with: places, images).map { $0.channel(0) }
        return try self.model.trace(one).outputs.map { $0.reshaped([1] + $0.shape) }
      }
    }
    let size = count > 1 ? model.batchSize(within: options.memoryLimit) : 1
    return try scores(of: count, inBatchesOf: size) { try model.outputs(for: batch.filled(with: $0, images)) }
  }

  /// The score for each of many activations of `layer`, from which the network is run on; made one at a time and run
  /// in batches within the memory allowed.
  ///
  /// - Throws: ``AttributionError/cannotResume(after:)`` where the model's adapter is not able to;
  ///   ``AttributionError/wrongShape(_:for:)``, and whatever the model, the options' progress or `activations` throws.
  public func scores(of count: Int, replacing layer: Layer, with activations: (Int) throws -> Tensor) throws -> [Float]
  {
    guard let trace = trace as? any ResumableTrace else { throw AttributionError.cannotResume(after: layer) }
    var batch = Batch(of: layer)
    let size = count > 1 ? try trace.batchSize(after: layer, within: options.memoryLimit) : 1
    return try scores(of: count, inBatchesOf: size) {
      try trace.outputs(replacing: layer, with: batch.filled(with: $0, activations))
    }
  }

  /// The score without each of the channels of `layer`: with the one set to zero and all others as they are.
  ///
  /// - Throws: ``AttributionError/cannotResume(after:)`` where the model's adapter is not able to; whatever the model or
  ///   the options' progress throws.
  public func scores(removingChannelsOf layer: Layer) throws -> [Float] {
    let count = layer.shape.first ?? 0
    guard let trace = trace as? any AblatableTrace else {
      let whole = try activation(at: layer)
      return try scores(of: count, replacing: layer) { whole.removing(channel: $0) }
    }
    let size = try trace.batchSize(removingChannelsOf: layer, within: options.memoryLimit)
    return try scores(of: count, inBatchesOf: size) { try trace.outputs(removing: $0, of: layer) }
  }

  /// Tells whoever listens how far a method has come.
  ///
  /// - Throws: What the listener throws, to end the work.
  public func report(passes: Int, of total: Int) throws { try options.progress?(.init(passes: passes, of: total)) }

  /// The session's target on other outputs of its model.
  func score(of values: [Tensor]) throws -> Score { try target.score(of: Outputs(outputs.descriptions, values)) }

  /// Scores what `outputs` makes of batches of `size`, the last few of `count` one by one, so that every plan but two is
  /// spared.
  private func scores(
    of count: Int, inBatchesOf size: Int, outputs: (Range<Int>) throws -> [Tensor]
  ) throws -> [Float] {
    var scores: [Float] = []
    scores.reserveCapacity(max(0, count))
    while scores.count < count {
      let places = scores.count..<scores.count + (count - scores.count < size ? 1 : size)
      let batch = try outputs(places)
      for row in 0..<places.count { scores.append(try score(of: batch.map { $0.channel(row) }).value) }
      try report(passes: scores.count, of: count)
    }
    return scores
  }
}
