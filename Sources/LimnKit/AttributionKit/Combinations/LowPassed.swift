import Tensors

/// FORGrad: a method's attribution without its high frequencies, which are artefacts of strides and pooling.
///
///     M = F⁻¹(F(m) ⊙ w),   w = 1 within `cutoff` of frequency zero, 0 elsewhere              (eq. 2)
///
/// `F` is the discrete Fourier transform, of each channel; frequencies are counted in cycles over the shorter side of the
/// map. The mean stays, and with it the sum that completeness speaks of. Source: Muzellec et al., "Saliency strikes back: how filtering
/// out high frequencies improves white-box explanations", ICML 2025, arXiv:2307.09591.
public struct LowPassed: AttributionMethod {
  public let method: any AttributionMethod
  /// The highest frequency that stays, in cycles over the shorter side.
  public var cutoff: Float

  public init(_ method: any AttributionMethod, cutoff: Float = 15) {
    self.method = method
    self.cutoff = cutoff
  }

  public var parts: [any AttributionMethod] { [method] }

  /// - Throws: ``AttributionError/notAnImage(_:)`` for attributions that are neither maps nor images.
  public func attribution(in session: ExplanationSession) throws -> Attribution {
    let inner = try method.attribution(in: session)
    if inner.isMap { return Attribution(inner.values.lowPass(cutoff: cutoff), at: inner.layer, facts: inner.facts) }
    guard let grid = ImageGrid(inner.values.shape) else { throw AttributionError.notAnImage(inner.layer) }
    let filtered = grid.image(grid.planes(inner.values).lowPass(cutoff: cutoff))
    return Attribution(filtered, at: inner.layer, facts: inner.facts)
  }
}
