import AttributionKit
import Tensors

/// What becomes of the score when the image is seen through its own map.
///
///     x' = m ⊙ x + (1 − m) ⊙ x₀,    m = e / max e
///
/// `e` is the evidence for the score; where there is none at all, all of the image is hidden.
struct MaskedScores {
  /// `y`: of the image.
  let whole: Float
  /// `y'`: of the image seen through the map.
  let masked: Float
  let remarks: [String]

  /// The probabilities; the scores that were explained where the target is about no class, or about the difference of two.
  ///
  /// - Throws: ``AttributionError/notAnImage(_:)``, ``AttributionError/unknownColors(_:)`` of the baseline.
  init(of explanation: Explanation, through form: MaskForm, over baseline: Baseline, seed: UInt64) throws {
    let evidence = try form.mask(of: explanation), peak = evidence.scalars.max() ?? 0
    let cover = try explanation.session.baseline(baseline, seed: seed)
    let (scored, _) = try explanation.session.scaled(to: .probability)
    whole = scored.score.value
    let mask = peak > 0 ? 1 / peak * evidence : 0 * evidence
    masked = try scored.scores(ofMasks: 1, over: cover) { _ in mask }[0]
    remarks =
      explanation.remarks(on: baseline)
      + (peak > 0 ? [] : ["the map is empty, so that all of the image is hidden"])
  }
}

/// What of a map the image is seen through.
public enum MaskForm: String, Hashable, Sendable, CaseIterable, CustomStringConvertible {
  /// The evidence for the score, as it is drawn.
  case evidence
  /// The sizes of all values, stretched from the least to the greatest, as xplique has it.
  case stretched

  public var description: String { rawValue }

  /// `[height, width]`, from zero.
  fileprivate func mask(of explanation: Explanation) throws -> Tensor {
    switch self {
    case .evidence: return try explanation.evidence()
    case .stretched:
      let sizes = try explanation.importance().magnitudes(), least = sizes.scalars.min() ?? 0
      return sizes.map { $0 - least }
    }
  }
}

extension Array {
  /// The parameters of metrics that look at the image through its map.
  static func masking<Metric>(
    _ baseline: any WritableKeyPath<Metric, Baseline> & Sendable,
    _ mask: any WritableKeyPath<Metric, MaskForm> & Sendable,
    _ seed: any WritableKeyPath<Metric, UInt64> & Sendable
  ) -> [Parameter<Metric>] where Element == Parameter<Metric> {
    [
      .baseline(baseline),
      Parameter("mask", mask, help: "what of the map the image is seen through", among: MaskForm.allCases),
      .seed(seed, of: "the noise of a baseline"),
    ]
  }
}
