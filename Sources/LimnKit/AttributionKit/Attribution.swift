public import Tensors

/// How much each position contributes to the score: signed, unscaled, on its own grid.
public struct Attribution: Hashable, Sendable {
  /// `[height, width]` on the grid of a layer, or `[channels, height, width]` of the input's pixels.
  public let values: Tensor
  /// The layer attributed to; the input for pixel attributions.
  public let layer: Layer
  /// For a method with a gradient rule of its own: how many activation functions the rule crossed.
  public let coverage: RuleCoverage?

  public init(_ values: Tensor, at layer: Layer, coverage: RuleCoverage? = nil) {
    precondition(values.shape.count == 2 || values.shape.count == 3, "an attribution is a map or a stack of channels")
    self.values = values
    self.layer = layer
    self.coverage = coverage
  }

  /// Whether this is one map, `[height, width]`, rather than a stack of pixel channels.
  public var isMap: Bool { values.shape.count == 2 }

  public var height: Int { values.shape[values.shape.count - 2] }
  public var width: Int { values.shape[values.shape.count - 1] }
}
