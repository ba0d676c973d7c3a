public import Tensors

/// A model that knows where it attends, for methods that follow attention.
public protocol AttentionModel: ModelAdapter {
  /// The attention to patches of the image that the score can depend on, in evaluation order.
  var attentionBlocks: [AttentionBlock] { get }

  /// The names of softmaxes that weigh activations as attention does, where what they weigh has no known places: its
  /// channels, or tokens that could not be followed.
  var unplacedAttention: [String] { get }
}

/// One recorded pass of a model that knows where it attends.
public protocol AttentionTrace: DifferentiableTrace {
  /// What a token would hand to itself if it attended to nothing else: `V·W`, with `W` the projection behind the block,
  /// without its bias; `[tokens, features]`.
  ///
  /// - Throws: ``AttributionError/unfollowedAttention(_:)`` where no single projection follows.
  func projectedValues(of block: AttentionBlock) throws -> Tensor

  /// The derivative by a block's attention of the score that what follows the last block makes of the tokens right behind
  /// this one, as if it were the last.
  ///
  /// - Parameters:
  ///   - block: one of the model's, with an ``AttentionBlock/output``.
  ///   - last: the block in whose place it is read, with an output of the same shape.
  ///   - cotangents: the derivative of the score by the outputs that are made of those tokens.
  /// - Returns: the derivative in the shape of the block's weights.
  /// - Throws: ``AttributionError/unfollowedAttention(_:)`` where an output is missing or they do not fit each other;
  ///   whatever `cotangents` throws.
  func attentionGradient(
    of block: AttentionBlock, readInPlaceOf last: AttentionBlock,
    cotangents: (_ outputs: [Tensor]) throws -> Cotangents
  ) throws -> Tensor
}
