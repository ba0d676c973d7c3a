/// What somebody settles about how a detector's outputs are read, where its file does not say.
public struct DetectionSettings: Hashable, Sendable, Codable {
  /// How many classes there are.
  public var classes: Int?
  /// What the numbers of a box are.
  public var boxes: BoxCoding.Form?
  /// Whether those numbers are pixels of the input, or shares of its width and height.
  public var units: Units?
  /// Which column stands for nothing.
  public var background: DetectionHead.Background?
  /// How a row's logits become probabilities: `softmax`, or `sigmoid`.
  public var scores: ProbabilityLink?
  /// Whether a row has an objectness beside its classes.
  public var objectness: Bool?
  /// The sides of the cells in pixels, one for each grid, for boxes that are given in cells.
  public var strides: [Int]?

  /// What numbers of boxes are counted in.
  public enum Units: String, Hashable, Sendable, Codable, CaseIterable { case pixels, relative }

  /// Settings of which none is said.
  public init() {}

  /// The names of the fields.
  public enum CodingKeys: String, CodingKey, CaseIterable {
    case classes, boxes, units, background, scores, objectness, strides
  }
}
