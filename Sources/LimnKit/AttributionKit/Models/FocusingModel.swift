/// A model of which other layers matter for one score than for another: of a detector, only the feature maps of a box's own
/// scale do.
public protocol FocusingModel: ModelAdapter {
  /// The same network with the layer to explain and the reach of layers as a score of these derivatives has them; itself
  /// where they are the same for all scores.
  ///
  /// - Throws: Where the derivatives are not of the model's outputs.
  func focused(on cotangents: Cotangents) throws -> any ModelAdapter
}
