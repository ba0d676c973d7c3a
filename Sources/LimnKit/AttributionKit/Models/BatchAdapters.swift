public import Tensors

/// A model that can score many inputs at once, for methods that perturb the image.
public protocol BatchModel: ModelAdapter {
  /// The logits, `[images]` + those of one, of a batch `[images, channels, height, width]`.
  func logits(for batch: Tensor) throws -> Tensor

  /// How many images are best run at once where the batch may hold so many bytes: at least one.
  func batchSize(within bytes: Int) -> Int
}

/// A model that can differentiate the scores of many inputs at once, for methods that add up gradients.
public protocol BatchGradientModel: ModelAdapter {
  /// The derivative of each image's own score by its pixels, in the shape of the batch.
  ///
  /// Each is what `trace(image).pullback(cotangent, to: input, under: rule)` gives for the image alone, but for rounding.
  ///
  /// - Parameters:
  ///   - batch: `[images, channels, height, width]`.
  ///   - rule: how each step is crossed.
  ///   - cotangent: the derivative of an image's score by its logits, in their shape; called once per image, in order.
  /// - Returns: `[images, channels, height, width]`.
  /// - Throws: Where the batch does not fit the model, and whatever the rule or `cotangent` throws.
  func gradients(for batch: Tensor, under rule: any GradientRule, cotangent: (_ logits: Tensor) throws -> Tensor) throws
    -> Tensor

  /// How many images are best differentiated at once where the batch may hold so many bytes: at least one.
  func gradientBatchSize(within bytes: Int) -> Int
}

/// A recorded pass that can be run on from a layer whose activation is another, without what lies before the layer.
public protocol ResumableTrace: ForwardTrace {
  /// The logits, `[activations]` + those of one, for a batch of activations of `layer`, `[activations]` + its shape.
  ///
  /// Everything that does not depend on the layer is as it was in this pass.
  func logits(replacing layer: Layer, with activations: Tensor) throws -> Tensor

  /// How many activations are best run on at once where the batch may hold so many bytes: at least one.
  func batchSize(after layer: Layer, within bytes: Int) throws -> Int
}

/// A recorded pass that can itself silence channels of a layer, without being handed the layer's activation once more
/// for each of them.
public protocol AblatableTrace: ResumableTrace {
  /// The logits, `[channels]` + those of one, with one of these channels of `layer` set to zero, each in its turn.
  ///
  /// Each row is what ``ResumableTrace/logits(replacing:with:)`` gives for the activation without that channel, but for
  /// rounding.
  func logits(removing channels: Range<Int>, of layer: Layer) throws -> Tensor

  /// How many channels are best removed at once, each by itself, where the batch may hold so many bytes: at least one.
  func batchSize(removingChannelsOf layer: Layer, within bytes: Int) throws -> Int
}
