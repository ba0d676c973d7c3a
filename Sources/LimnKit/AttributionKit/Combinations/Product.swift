import Tensors

/// The elementwise product of two attributions: where the one looks, in the detail that the other shows.
///
/// A map beside pixels counts with its positive part, stretched bilinearly over them; of two maps both do, on the
/// grid of the finer one, since two objections make no evidence. Two pixel attributions are multiplied as they are.
public struct Product: AttributionMethod {
  public let first: any AttributionMethod
  public let second: any AttributionMethod

  public init(_ first: any AttributionMethod, _ second: any AttributionMethod) {
    self.first = first
    self.second = second
  }

  public var parts: [any AttributionMethod] { [first, second] }

  /// - Throws: ``AttributionError/incompatibleGrids(_:_:)``.
  public func attribution(in session: ExplanationSession) throws -> Attribution {
    let factors = try parts.attributions(in: session)
    return try factors[0].multiplied(by: factors[1])
  }
}

/// The product of two methods, `GradCAM() * GuidedBackpropagation()`.
public func * (first: any AttributionMethod, second: any AttributionMethod) -> Product { Product(first, second) }

extension Attribution {
  /// The elementwise product, on the finer of the two grids; see ``Product``.
  fileprivate func multiplied(by other: Attribution) throws -> Attribution {
    let (coarse, fine) = isCoarser(than: other) ? (self, other) : (other, self)
    guard coarse.isMap ? fine.isMap || fine.isImage : coarse.values.shape == fine.values.shape else {
      throw AttributionError.incompatibleGrids(values.shape, other.values.shape)
    }
    return Attribution(
      coarse.isMap ? fine.weighed(by: coarse) : fine.values * coarse.values, at: fine.layer,
      facts: .merged([fine.facts, coarse.facts]))
  }

  /// The values, multiplied at each place by the positive part of a map.
  private func weighed(by map: Attribution) -> Tensor {
    let weights = map.values.rectified().resized(height: height, width: width)
    if isMap { return values.rectified() * weights }
    return ImageGrid(values.shape)?.masked(values, by: weights) ?? values * weights
  }

  /// Whether `other` has pixels where this is a map, or more positions where both are maps.
  private func isCoarser(than other: Attribution) -> Bool {
    isMap == other.isMap ? height * width < other.height * other.width : isMap
  }
}
