import Tensors

/// What of an attribution is shown, and how its values `x` are scaled for the eye.
///
/// Zero is no evidence in each of them. Of pixels, sums run over the channels `k` at a place. Values that are not finite
/// count as zero.
///
/// The strength `s` of what is shown becomes full intensity, and what is stronger is shown alike: of a map, `s` is the
/// largest magnitude; of pixels, a few of which tend to outshine all others, it is the 99th percentile of the magnitudes,
/// interpolated linearly, or the largest where so few pixels are lit that the percentile is zero.
public enum Display: String, Hashable, Sendable, CaseIterable {
  /// How much speaks for the score, 0…1: `max(0, x) / s` of a map; of pixels, where signs alternate from one to the next,
  /// their size `Σₖ |xₖ| / s`.
  case evidence
  /// What speaks for the score and what against it, −1…1: `x / s` of a map, `Σₖ xₖ / s` of pixels.
  case signed
  /// The pattern of pixels that the network responds to, channel by channel around a middle gray, 0…1:
  /// `0.5 + 0.1 · (xₖ − mean) / deviation`, both of all channels together.
  case texture
}

extension Attribution {
  /// The strength of what is shown, as ``Display`` has it, among finite magnitudes.
  func strength(among magnitudes: Tensor) -> Float { strength(of: magnitudes)[0] }

  /// The same as a tensor without dimensions.
  func strength(of magnitudes: Tensor) -> Tensor {
    let greatest = magnitudes.greatest()
    return isMap ? greatest : magnitudes.value(atPercentile: 99).replacingZeros(by: greatest)
  }
}
