public import Tensors

/// A recorded pass that can be run on from a layer whose activation is another, without what lies before the layer.
public protocol ResumableTrace: ForwardTrace {
  /// The model's outputs, each `[activations]` + the shape of one, for a batch of activations of `layer`,
  /// `[activations]` + its shape.
  ///
  /// Everything that does not depend on the layer is as it was in this pass.
  func outputs(replacing layer: Layer, with activations: Tensor) throws -> [Tensor]

  /// How many activations are best run on at once where the batch may hold so many bytes: at least one.
  func batchSize(after layer: Layer, within bytes: Int) throws -> Int
}
