/// A model of which other layers matter for one score than for another: of a detector, only the feature maps of a box's own
/// scale do.
public protocol FocusingModel: ModelAdapter {
  /// The same network with the layer to explain and the reach of layers as a score of these derivatives has them.
  ///
  /// - Parameters:
  ///   - cotangents: The derivatives of the score by the model's outputs.
  ///   - trace: A run of the model: which feature map a row comes from may depend on the image.
  /// - Returns: The model itself where they are the same for all scores.
  /// - Throws: Where the derivatives are not of the model's outputs.
  func focused(on cotangents: Cotangents, in trace: any ForwardTrace) throws -> any ModelAdapter
}
