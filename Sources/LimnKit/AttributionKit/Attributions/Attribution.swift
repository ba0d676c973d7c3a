public import Tensors

/// How much each position contributes to the score: signed, unscaled, on its own grid.
public struct Attribution: Hashable, Sendable {
  /// `[height, width]` on the grid of a layer or of the input's pixels; or in the shape of the input, for an image
  /// `[channels, height, width]`.
  public let values: Tensor
  /// The layer attributed to; the input for pixel attributions.
  public let layer: Layer
  /// What the attribution says about itself.
  public let facts: [Fact]

  public init(_ values: Tensor, at layer: Layer, facts: [Fact] = []) {
    self.values = values
    self.layer = layer
    self.facts = facts
  }

  /// For a method with a gradient rule of its own: how many activation functions the rule crossed.
  public var coverage: RuleCoverage? { facts.coverage }

  /// For a method whose values should add up to a difference of scores: how nearly they do.
  public var completeness: Completeness? { facts.completeness }

  /// What people should know before they believe the values, each in a clause without capital or full stop.
  public var remarks: [String] { facts.remarks }

  /// Whether this is one map, `[height, width]`, rather than a stack of pixel channels.
  public var isMap: Bool { values.shape.count == 2 }

  /// The extents of the grid; of what is neither a map nor an image, the last two of its shape.
  public var height: Int { isMap ? values.shape[0] : pixelGrid?.height ?? values.shape.dropLast().last ?? 1 }
  public var width: Int { isMap ? values.shape[1] : pixelGrid?.width ?? values.shape.last ?? 1 }

  /// Whether the values are those of an image's pixels, channel by channel.
  var isImage: Bool { values.shape.count == 3 }

  /// The pixels with their channels first, however the network takes them.
  var planes: Tensor { pixelGrid?.planes(values) ?? values }

  private var pixelGrid: ImageGrid? { ImageGrid(values.shape) }
}
