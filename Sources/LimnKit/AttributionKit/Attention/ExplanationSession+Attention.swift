public import Tensors

/// Attention, and what the score makes of it.
extension ExplanationSession {
  /// The weights of a block, `[windows · heads, queries, keys]`, windows outermost; each row adds up to one.
  public func attention(of block: AttentionBlock) throws -> Tensor {
    try activation(at: block.weights).reshaped(block.shape)
  }

  /// The derivative of the score by the weights of a block, in the shape of ``attention(of:)``, computed under `rule`.
  ///
  /// - Throws: As ``gradient(at:under:)``.
  public func attentionGradient(of block: AttentionBlock, under rule: some GradientRule = .standard) throws -> Tensor {
    try gradient(at: block.weights, under: rule).reshaped(block.shape)
  }

  /// The derivative by the weights of a block of the score that the network's head gives to the tokens right behind the
  /// block, in place of those behind the last; in the shape of ``attention(of:)``.
  ///
  /// - Throws: ``AttributionError/unfollowedAttention(_:)`` where tokens do not come out of both, alike in shape.
  public func attentionGradient(of block: AttentionBlock, readInPlaceOf last: AttentionBlock) throws -> Tensor {
    let gradient = try attentionTrace.attentionGradient(of: block, readInPlaceOf: last) { outputs in
      try score(of: outputs).cotangents
    }
    return gradient.reshaped(block.shape)
  }

  /// `V·W`, what a token would hand to itself if it attended to nothing else: `[tokens, features]`.
  ///
  /// - Throws: ``AttributionError/unfollowedAttention(_:)`` where no single projection follows the block.
  public func projectedValues(of block: AttentionBlock) throws -> Tensor {
    try attentionTrace.projectedValues(of: block)
  }

  private var attentionTrace: any AttentionTrace {
    get throws {
      guard let trace = trace as? any AttentionTrace else {
        throw AttributionError.unfollowedAttention("the network's adapter does not say what its attention computes")
      }
      return trace
    }
  }
}
