/// A model whose weights can be drawn anew, for the question what a method shows of a network that knows nothing.
public protocol RandomizableModel: ModelAdapter {
  /// The layers that have weights, from the output to the input.
  ///
  /// A layer is a convolution, a fully connected layer or a normalisation, with what is folded into it, such as a bias.
  /// One whose weights are all alike is none of them: there is nothing to draw.
  var weightedLayers: [Layer] { get }

  /// The same network with the weights of these layers drawn anew; this one stays as it is.
  ///
  /// Every layer draws numbers of its own: what it draws depends on the seed and on the layer alone, not on which others
  /// are drawn anew with it.
  ///
  /// - Parameters:
  ///   - layers: Some of ``weightedLayers``, in any order.
  ///   - seed: Decides the numbers; the same weights from the same seed.
  /// - Returns: A network with the inputs, outputs and layers of this one.
  /// - Throws: ``AttributionError/noWeights(_:nearest:)`` for a layer that is none of ``weightedLayers``.
  func randomized(_ layers: [Layer], seed: UInt64) throws -> any ModelAdapter
}
