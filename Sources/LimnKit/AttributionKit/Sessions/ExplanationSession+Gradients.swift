public import Tensors

/// Further backward passes, for methods that add up the gradients of many images.
extension ExplanationSession {
  /// Hands `body` the derivative of the score by the pixels of each of many images, in order.
  ///
  /// The images take the place of the input attributed to; other inputs stay. They are made one at a time and
  /// differentiated in batches within the memory allowed; a model that is no ``BatchGradientModel`` takes them one by
  /// one. The class chosen on this session's input stays.
  ///
  /// - Parameters:
  ///   - count: how many images there are.
  ///   - rule: how each step is crossed.
  ///   - images: makes an image, in the shape of this session's input.
  ///   - body: takes an image's number and its gradient, in the same shape.
  /// - Throws: ``AttributionError/noGradients``, ``AttributionError/wrongShape(_:for:)``, and whatever the model, the
  ///   options' progress, `images` or `body` throws.
  public func inputGradients(
    of count: Int, under rule: some GradientRule = .standard, images: (Int) throws -> Tensor,
    each body: (_ index: Int, _ gradient: Tensor) throws -> Void
  ) throws {
    let size = (model as? any BatchGradientModel)?.gradientBatchSize(within: options.memoryLimit) ?? 1
    guard count > 1, size > 1, let model = model as? any BatchGradientModel else {
      for index in 0..<max(0, count) {
        try body(index, repeated(on: images(index)).inputGradient(under: rule))
        try report(passes: index + 1, of: count)
      }
      return
    }
    var batch = InputBatch(of: self)
    let share = Self.share(of: count, most: size)
    for first in stride(from: 0, to: count, by: share) {
      // The last batch is filled up with its last image, so that there is one plan, whose weights are laid out once.
      let gradients = try model.gradients(
        for: batch.filled(with: first..<first + share, copying: { try images(min($0, count - 1)) }), by: inputLayer,
        under: rule
      ) { try score(of: $0).cotangents }
      let last = min(first + share, count)
      for (index, gradient) in zip(first..<last, gradients.rows) { try body(index, gradient) }
      try report(passes: last, of: count)
    }
  }

  /// The derivative of the score by the pixels, integrated along the straight path from `start` to this session's input.
  ///
  /// Where the model is a ``PathTrace``'s, its first layer is run and walked back through once for all points.
  ///
  /// - Parameters:
  ///   - start: `x₀`, in the input's shape.
  ///   - nodes: the places `αᵢ` and their weights `wᵢ`.
  /// - Returns: `Σᵢ wᵢ · ∂y/∂x (x₀ + αᵢ·(x − x₀))`, in the input's shape.
  /// - Throws: ``AttributionError/noGradients``, ``AttributionError/wrongShape(_:for:)``, and whatever the model or the
  ///   options' progress throws.
  public func inputGradient(integratedFrom start: Tensor, over nodes: [GaussLegendre.Node]) throws -> Tensor {
    guard start.shape == input.shape else { throw AttributionError.wrongShape(start.shape, for: inputLayer) }
    if nodes.count > 1,
      let shared = try (trace as? any PathTrace)?.gradient(
        from: start, over: nodes, to: inputLayer, within: options.memoryLimit,
        cotangents: { try score(of: $0).cotangents }, progress: { try report(passes: $0, of: nodes.count) })
    {
      return shared
    }
    let way = input - start
    var integral = Tensor(repeating: 0, shape: input.shape)
    try inputGradients(of: nodes.count) {
      start + nodes[$0].place * way
    } each: { index, gradient in
      integral = integral + nodes[index].weight * gradient
    }
    return integral
  }

  /// How many of `count` go into a batch: of the upper half of what `most` allows, what leaves the fewest places empty.
  private static func share(of count: Int, most: Int) -> Int {
    let most = min(most, count)
    func empty(_ size: Int) -> Int { (size - count % size) % size }
    return (most / 2 + 1...most).reversed().min { empty($0) < empty($1) } ?? 1
  }
}
