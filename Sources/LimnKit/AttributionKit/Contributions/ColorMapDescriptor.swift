/// The colours of maps by name, for `--colormap NAME`.
public struct ColorMapDescriptor: Hashable, Sendable {
  /// The name users type, in lower case with hyphens.
  public let identifier: String
  /// Whether the middle stands for zero, with negative values below and positive ones above.
  public let isDiverging: Bool
  /// Colours at equal distances from the lowest value to the highest, each `0xRRGGBB`; at least two.
  public let stops: [UInt32]

  public init(_ identifier: String, isDiverging: Bool = false, stops: [UInt32]) {
    self.identifier = identifier
    self.isDiverging = isDiverging
    self.stops = stops
  }
}
