import Tensors

/// What there is to see in an attribution, or why there is nothing.
public enum AttributionStatus: String, Hashable, Sendable, CaseIterable {
  case ok
  /// Every value speaks against the score, so that a map of the evidence for it is blank.
  case allNegative = "all-negative"
  /// Every value is zero, of a method that goes by gradients as far as is known.
  case zeroGradient = "zero-gradient"
  /// Every value is zero, of a method that takes no gradients; only ``Comparison/Entry/status`` knows.
  case zero
  /// Every position has the same value, which singles out none; of a map, a positive one.
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
      "the map is zero everywhere: its activations or gradients are, or nothing is left of what is multiplied and kept above zero; "
        + "try another layer, target or method"
    case .zero: "nothing that the method tried changes the score: every value is zero; try another layer or target"
    case .uniform:
      "every position counts the same, so that none is singled out; try an earlier layer or another method"
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

  /// Whether there is something to see.
  ///
  /// Pixels have both signs, and are not asked whether all of them count against the score. What is known of the method
  /// and of the network besides, ``Comparison/Entry/status`` says.
  public var status: AttributionStatus {
    if !values.scalars.allSatisfy(\.isFinite) { return .nonFinite }
    let (least, greatest) = extremes
    if least == 0, greatest == 0 { return .zeroGradient }
    if !isMap { return hasUniformPlanes ? .uniform : .ok }
    if greatest <= 0 { return .allNegative }
    return [least, greatest].differ ? .ok : .uniform
  }

  /// Whether each channel of an image has one value at all of several positions.
  private var hasUniformPlanes: Bool {
    guard isImage, height * width > 1 else { return false }
    let planes = planes
    return (0..<planes.shape[0]).allSatisfy { !planes.channel($0).scalars.differ }
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

extension Attribution {
  /// The attribution of a method that goes by how scores differ, where they do not: zero everywhere; or no number
  /// anywhere, where a score is none.
  ///
  /// `nil` where they differ by more than rounding, so that there is something to compute.
  ///
  /// - Parameters:
  ///   - scores: Those that the method compares.
  ///   - shape: The shape of its attribution.
  ///   - layer: The layer attributed to.
  ///   - facts: What else there is to know.
  public init?(judgingBy scores: [Float], shape: [Int], at layer: Layer, facts: [Fact] = []) {
    guard scores.allSatisfy(\.isFinite) else {
      self.init(
        Tensor(repeating: .nan, shape: shape), at: layer,
        facts: facts + [.remark("a score is infinite or no number, so that nothing can be compared with it")])
      return
    }
    guard !scores.differ else { return nil }
    self.init(
      Tensor(repeating: 0, shape: shape), at: layer,
      facts: facts + [.remark("the score is the same, whatever of the image is shown")])
  }
}

extension [Float] {
  /// Whether numbers are further apart than rounding alone could bring them: 16 units in the last place.
  var differ: Bool {
    guard let least = self.min(), let greatest = self.max() else { return false }
    return greatest - least > 16 * Swift.max(abs(least), abs(greatest)).ulp
  }
}
