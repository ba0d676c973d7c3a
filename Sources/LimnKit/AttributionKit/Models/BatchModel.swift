public import Tensors

/// A model that can run many inputs at once, for methods that perturb the image.
public protocol BatchModel: ModelAdapter {
  /// The outputs of a batch, in the model's order: each `[images]` + the shape of one.
  ///
  /// - Parameter batch: For each of the model's inputs `[images]` + its shape.
  /// - Returns: The outputs, each `[images]` + the shape of one.
  /// - Throws: Where the batch does not fit the model.
  func outputs(for batch: [Tensor]) throws -> [Tensor]

  /// How many images are best run at once where the batch may hold so many bytes: at least one.
  func batchSize(within bytes: Int) -> Int
}

extension BatchModel {
  /// The scores of the output that is explained, `[images]` + those of one, for a batch of a network that has one input.
  ///
  /// - Throws: Where the batch does not fit the model.
  public func logits(for batch: Tensor) throws -> Tensor { try outputs(for: [batch]).first ?? Tensor([], shape: [0]) }
}
