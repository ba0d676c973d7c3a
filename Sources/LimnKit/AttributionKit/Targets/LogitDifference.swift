/// Why one class rather than another: the difference of their logits.
public struct LogitDifference: Target, Hashable {
  public let index: Int
  public let contrast: Int

  public init(index: Int, contrast: Int) {
    self.index = index
    self.contrast = contrast
  }

  public var isLinear: Bool { true }

  /// - Throws: ``AttributionError/noSuchClass(_:count:)``, ``AttributionError/needsRegion(_:)``,
  ///   ``AttributionError/noClasses(_:)``.
  public func score(of outputs: Outputs) throws -> Score {
    let a = try ClassLogit(index: index).score(of: outputs), b = try ClassLogit(index: contrast).score(of: outputs)
    return Score(
      value: a.value - b.value, cotangents: a.cotangents - b.cotangents, classIndex: index, contrastIndex: contrast)
  }
}
