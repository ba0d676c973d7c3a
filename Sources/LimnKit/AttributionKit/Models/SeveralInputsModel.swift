/// A model of several inputs that can be looked at from any of them.
public protocol SeveralInputsModel: ModelAdapter {
  /// The same network with another of its inputs as the one that is attributed to unless another is named: its layers have
  /// the places of that image, and the layer that it proposes is one that the image reaches.
  ///
  /// - Throws: ``AttributionError/noSuchInput(_:among:)``.
  func seen(from input: String) throws -> any ModelAdapter
}
