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

  public func attribution(in session: ExplanationSession) throws -> Attribution {
    try first.attribution(in: session).multiplied(by: second.attribution(in: session))
  }
}

/// The product of two methods, `GradCAM() * GuidedBackpropagation()`.
public func * (first: any AttributionMethod, second: any AttributionMethod) -> Product { Product(first, second) }

extension Attribution {
  /// The elementwise product, on the finer of the two grids; see ``Product``.
  fileprivate func multiplied(by other: Attribution) throws -> Attribution {
    let (coarse, fine) = isCoarser(than: other) ? (self, other) : (other, self)
    guard coarse.isMap || coarse.values.shape == fine.values.shape else {
      throw AttributionError.incompatibleGrids(values.shape, other.values.shape)
    }
    let weights =
      coarse.isMap ? coarse.values.rectified().resized(height: fine.height, width: fine.width) : coarse.values
    let detail = fine.isMap ? fine.values.rectified() : fine.values
    return Attribution(
      detail * weights, at: fine.layer, coverage: fine.coverage ?? coarse.coverage, remarks: remarks + other.remarks)
  }

  /// Whether `other` has pixels where this is a map, or more positions where both are maps.
  private func isCoarser(than other: Attribution) -> Bool {
    isMap == other.isMap ? height * width < other.height * other.width : isMap
  }
}
