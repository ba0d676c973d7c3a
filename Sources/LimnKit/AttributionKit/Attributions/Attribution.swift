public import Tensors

/// How much each position contributes to the score: signed, unscaled, on its own grid.
public struct Attribution: Hashable, Sendable {
  /// `[height, width]` on the grid of a layer, or the input's pixels, in the input's shape: `[channels, height, width]`.
  public let values: Tensor
  /// The layer attributed to; the input for pixel attributions.
  public let layer: Layer
  /// For a method with a gradient rule of its own: how many activation functions the rule crossed.
  public let coverage: RuleCoverage?
  /// For a method whose values should add up to a difference of scores: how nearly they do.
  public let completeness: Completeness?
  /// What people should know before they believe the values, each in a clause without capital or full stop.
  public let remarks: [String]

  public init(
    _ values: Tensor, at layer: Layer, coverage: RuleCoverage? = nil, completeness: Completeness? = nil,
    remarks: [String] = []
  ) {
    precondition(values.shape.count == 2 || values.shape.count == 3, "an attribution is a map or a stack of channels")
    self.values = values
    self.layer = layer
    self.coverage = coverage
    self.completeness = completeness
    self.remarks = remarks
  }

  /// Whether this is one map, `[height, width]`, rather than a stack of pixel channels.
  public var isMap: Bool { values.shape.count == 2 }

  public var height: Int { isMap ? values.shape[0] : pixelGrid?.height ?? values.shape[1] }
  public var width: Int { isMap ? values.shape[1] : pixelGrid?.width ?? values.shape[2] }

  /// The pixels with their channels first, however the network takes them.
  var planes: Tensor { pixelGrid?.planes(values) ?? values }

  private var pixelGrid: ImageGrid? { ImageGrid(values.shape) }
}

/// Whether attributions add up to what they explain, as an axiom of their method demands.
public struct Completeness: Hashable, Sendable {
  /// The sum of the attributions.
  public let sum: Float
  /// What it should be: the score less that of the baseline.
  public let expected: Float

  public init(of values: Tensor, expected: Float) {
    sum = Float(values.scalars.reduce(0.0) { $0 + Double($1) })
    self.expected = expected
  }

  /// How far the sum is off.
  public var error: Float { sum - expected }
}
