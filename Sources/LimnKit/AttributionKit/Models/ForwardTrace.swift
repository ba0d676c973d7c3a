public import Tensors

/// One recorded forward pass.
public protocol ForwardTrace: Sendable {
  /// The value of each of the model's outputs, in their order and shapes.
  ///
  /// Scores of classes are those before softmax or sigmoid.
  var outputs: [Tensor] { get }

  /// The output of `layer`, in the layer's shape.
  ///
  /// - Throws: Where the model does not show it.
  func activation(at layer: Layer) throws -> Tensor
}

extension ForwardTrace {
  /// The value of the output that is explained: for a classifier the scores of the classes, `[classes]`.
  public var logits: Tensor { outputs.first ?? Tensor([], shape: [0]) }
}
