import Tensors

/// What there is to see in an attribution, or why there is nothing.
public enum AttributionStatus: String, Hashable, Sendable, CaseIterable {
  case ok
  /// Every value speaks against the score, so that a map of the evidence for it is blank.
  case allNegative = "all-negative"
  /// Every value is zero.
  case zeroGradient = "zero-gradient"
  /// Every position has the same positive value, which singles out none.
  case uniform
  /// Some values are infinite or not numbers.
  case nonFinite = "non-finite"

  /// What it means and what to try, in one sentence; `nil` where all is well.
  ///
  /// ``Comparison/Entry/hint`` adds what can be tried with a method.
  public var hint: String? {
    switch self {
    case .ok: nil
    case .allNegative:
      "every position counts against this score; look at the signed map or another layer"
    case .zeroGradient:
      "nothing here influences the score: the activations or gradients are all zero; try another layer or target"
    case .uniform: "every position counts the same, so the map singles out none; try an earlier layer"
    case .nonFinite:
      "some values overflowed or are not numbers; check the input's preprocessing and the network's weights"
    }
  }
}

extension Attribution {
  /// The least and the greatest finite value, before any rectifying or scaling; zero where none is finite.
  public var range: ClosedRange<Float> {
    let (least, greatest) = extremes
    return least <= greatest ? least...greatest : 0...0
  }

  /// Whether there is something to see; gradients of pixels have both signs and are only checked for being zero or
  /// not finite.
  public var status: AttributionStatus {
    if !values.scalars.allSatisfy(\.isFinite) { return .nonFinite }
    let (least, greatest) = extremes
    if least == 0, greatest == 0 { return .zeroGradient }
    if !isMap { return .ok }
    if greatest <= 0 { return .allNegative }
    // Rounding alone separates values this close: 16 units in the last place.
    return greatest - least <= 16 * greatest.ulp ? .uniform : .ok
  }

  private var extremes: (least: Float, greatest: Float) {
    var (least, greatest) = (Float.infinity, -Float.infinity)
    for value in values.scalars where value.isFinite {
      least = min(least, value)
      greatest = max(greatest, value)
    }
    return (least, greatest)
  }
}
