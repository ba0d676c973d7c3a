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
    try scores(of: count) { try $0.filled(with: $1, copying: images) }
  }

  /// The score of the input seen through each of many masks, in place of the input attributed to: `m ⊙ x + (1 − m) ⊙ x₀`.
  ///
  /// Masks are made one at a time, and the images that they let through written to where the network reads them, in batches
  /// within the memory allowed.
  ///
  /// - Parameters:
  ///   - count: How many masks there are.
  ///   - cover: `x₀`, what is seen where a mask is 0, in the input's shape; zero without it.
  ///   - mask: Makes a mask, `[height, width]` of the input's ``grid``.
  /// - Returns: A score for each mask.
  /// - Throws: ``AttributionError/notAnImage(_:)``, ``AttributionError/wrongShape(_:for:)``, and whatever the model, the
  ///   options' progress or `mask` throws.
  public func scores(ofMasks count: Int, over cover: Tensor? = nil, mask: (Int) throws -> Tensor) throws -> [Float] {
    let grid = try grid, input = input
    for image in [cover].compactMap({ $0 }) where image.shape != input.shape {
      throw AttributionError.wrongShape(image.shape, for: inputLayer)
    }
    return try scores(of: count) { batch, places in
      try batch.filled(with: places) { place, target in
        let mask = try mask(place)
        guard mask.shape == [grid.height, grid.width] else {
          throw AttributionError.wrongShape(mask.shape, for: inputLayer)
        }
        grid.write(input, seenThrough: mask, over: cover, to: target)
      }
    }
  }

  /// The same scores as a tensor, `[count]`, that can be recorded as the session's input can.
  public func scoreTensor(ofMasks count: Int, mask: (Int) throws -> Tensor) throws -> Tensor {
    guard input.record != nil else { return Tensor(try scores(ofMasks: count, mask: mask), shape: [count]) }
    let grid = try grid
    return try scoreTensor(of: count) { grid.masked(input, by: try mask($0)) }
  }

  /// The score of each of many images in place of the input attributed to, as ``scores(of:images:)`` has it: a tensor,
  /// `[count]`, that can be recorded as the session's input can.
  public func scoreTensor(of count: Int, images: (Int) throws -> Tensor) throws -> Tensor {
    guard count > 0, input.record != nil else { return Tensor(try scores(of: count, images: images), shape: [count]) }
    return Tensor(joining: try (0..<count).map { try repeated(on: images($0)).scoreTensor })
  }

  /// The session's own score, `[1]`: of a linear target `s·z`, with its derivative and the output explained.
  public var scoreTensor: Tensor {
    guard logits.record != nil, target.isLinear, let slope = score.cotangents.explained else {
      return Tensor([score.value], shape: [1])
    }
    return (slope * logits).total().reshaped([1])
  }

  /// The score with each of many windows of the input covered.
  ///
  /// Where the model is able to, only what a window can have changed is computed; scores are the same but for rounding.
  ///
  /// - Parameters:
  ///   - windows: The windows, of the pixels of the input's ``grid``.
  ///   - cover: What is seen in a window, in the input's shape.
  /// - Returns: A score for each window.
  /// - Throws: ``AttributionError/notAnImage(_:)``, ``AttributionError/wrongShape(_:for:)``, and whatever the model or the
  ///   options' progress throws.
  public func scores(covering windows: [ImageGrid.Window], with cover: Tensor) throws -> [Float] {
    let grid = try grid, input = input
    guard cover.shape == input.shape else { throw AttributionError.wrongShape(cover.shape, for: inputLayer) }
    guard windows.count > 1,
      let passes = try (trace as? any WindowedTrace)?.passes(
        covering: windows, of: inputLayer, with: cover, within: options.memoryLimit)
    else { return try scores(of: windows.count) { grid.replacing(windows[$0], of: input, by: cover) } }
    var scores = [Float](repeating: 0, count: windows.count), passed = 0
    for (number, batch) in passes.batches.enumerated() {
      let outputs = try passes.outputs(ofBatch: number)
      for (row, window) in batch.enumerated() {
        scores[window] = try score(of: outputs.map { $0.channel(row) }).value
      }
      passed += batch.count
      try report(passes: passed, of: windows.count)
    }
    return scores
  }

  /// Scores batches that `fill` fills.
  private func scores(
    of count: Int, _ fill: (inout InputBatch, Range<Int>) throws -> [Tensor]
  ) throws -> [Float] {
    var batch = InputBatch(of: self)
    guard let model = model as? any BatchModel else {
      return try scores(of: count, inBatchesOf: 1) { places in
        let one = try fill(&batch, places).map { $0.channel(0) }
        return try self.model.trace(one).outputs.map { $0.reshaped([1] + $0.shape) }
      }
    }
    let size = count > 1 ? model.batchSize(within: options.memoryLimit) : 1
    return try scores(of: count, inBatchesOf: size) { try model.outputs(for: fill(&batch, $0)) }
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
      try trace.outputs(replacing: layer, with: batch.filled(with: $0, copying: activations))
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
