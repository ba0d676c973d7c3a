public import Tensors

/// A measure of how alike two maps of one extent are, 1 being as like as can be.
public enum MapSimilarity: String, Hashable, Sendable, CaseIterable, CustomStringConvertible {
  /// The correlation of the ranks of the pixels, −1…1; pixels of equal value share the mean of their ranks.
  case spearman
  /// The cosine of the angle between the maps as vectors, −1…1.
  case cosine
  /// The mean structural similarity of the maps, each scaled to 0…1, in windows of 7 × 7 pixels (Wang et al., IEEE
  /// Transactions on Image Processing 2004, doi:10.1109/TIP.2003.819861).
  case ssim
  /// The correlation of histograms of oriented gradients, −1…1 (Dalal & Triggs, CVPR 2005, doi:10.1109/CVPR.2005.177).
  case hog

  public var description: String { rawValue }

  /// How alike the maps are, `[height, width]` both.
  ///
  /// - Returns: `nil` where the measure says nothing: of a map that is the same everywhere, or that holds numbers that are
  ///   not finite; for the cosine, of one that is zero everywhere.
  public func similarity(of a: Tensor, and b: Tensor) -> Float? {
    precondition(a.shape == b.shape && a.shape.count == 2, "a map of \(a.shape) beside one of \(b.shape)")
    if self == .cosine { return Correlation.cosine(a.scalars, b.scalars) }
    guard a.isTellingPlacesApart, b.isTellingPlacesApart else { return nil }
    return switch self {
    case .spearman: Correlation.spearman(a.scalars, b.scalars)
    case .cosine: Correlation.cosine(a.scalars, b.scalars)
    case .ssim: StructuralSimilarity().mean(of: a.scaledToUnit(), and: b.scaledToUnit())
    case .hog: Correlation.pearson(OrientedGradients(of: a).features, OrientedGradients(of: b).features)
    }
  }
}

extension Tensor {
  fileprivate var isTellingPlacesApart: Bool { !scalars.isEmpty && scalars.allSatisfy(\.isFinite) && !isFlat }
}
