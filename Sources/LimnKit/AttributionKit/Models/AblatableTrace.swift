public import Tensors

/// A recorded pass that can itself silence channels of a layer, without being handed the layer's activation once more
/// for each of them.
public protocol AblatableTrace: ResumableTrace {
  /// The model's outputs, each `[channels]` + the shape of one, with one of these channels of `layer` set to zero, each
  /// in its turn.
  ///
  /// Each row is what ``ResumableTrace/outputs(replacing:with:)`` gives for the activation without that channel, but for
  /// rounding.
  func outputs(removing channels: Range<Int>, of layer: Layer) throws -> [Tensor]

  /// How many channels are best removed at once, each by itself, where the batch may hold so many bytes: at least one.
  func batchSize(removingChannelsOf layer: Layer, within bytes: Int) throws -> Int
}
