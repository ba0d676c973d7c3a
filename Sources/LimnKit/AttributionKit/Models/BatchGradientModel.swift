public import Tensors

/// A model that can differentiate the scores of many inputs at once, for methods that add up gradients.
public protocol BatchGradientModel: DifferentiableModel {
  /// The derivative of each image's own score by one of the inputs, in the shape of that input's batch.
  ///
  /// Each is what `pullback(_:to:under:)` gives for the image alone, but for rounding.
  ///
  /// - Parameters:
  ///   - batch: For each of the model's inputs `[images]` + its shape.
  ///   - input: The input that the scores are differentiated by.
  ///   - rule: How each step is crossed.
  ///   - cotangents: The derivative of an image's score by its outputs; called once per image, in order.
  /// - Returns: `[images]` + the shape of `input`.
  /// - Throws: Where the batch does not fit the model, and whatever the rule or `cotangents` throws.
  func gradients(
    for batch: [Tensor], by input: Layer, under rule: any GradientRule,
    cotangents: (_ outputs: [Tensor]) throws -> Cotangents
  ) throws -> Tensor

  /// How many images are best differentiated at once where the batch may hold so many bytes: at least one.
  func gradientBatchSize(within bytes: Int) -> Int
}
