public import Kernels

extension Composite {
  /// Group normalisation, `γ·(x − μ)/√(σ² + ε) + β` over the channels and positions of each group: a layer normalisation
  /// of the reshaped input.
  ///
  /// With as many groups as channels it is instance normalisation.
  ///
  /// Wu and He, ECCV 2018, arXiv:1803.08494; Ulyanov et al. 2016, arXiv:1607.08022.
  /// - Parameters:
  ///   - shape: that of the input, `[N, C, …]`.
  ///   - groups: how many groups of neighbouring channels there are, a divisor of `C`.
  ///   - epsilon: `ε`, added to the variance.
  ///   - scale: `γ`, one for each channel, or `nil` for one.
  ///   - shift: `β`, one for each channel, or `nil` for zero.
  /// - Returns: The steps, which read and give arrays of `shape`.
  public static func groupNormalization(
    of shape: [Int], groups: Int, epsilon: Float, scale: NDArray? = nil, shift: NDArray? = nil
  ) -> Composite {
    let size = shape[1...].reduce(1, *) / groups
    var composite = Composite()
    composite.append(Reshape(to: [shape[0], groups, size]), as: "groups")
    let one = NDArray(repeating: 1, shape: [size]).asConstant()
    composite.append(LayerNormalization(axis: 2, epsilon: epsilon), [("one", one)], as: "normalised")
    composite.append(Reshape(to: shape), as: "whole")
    composite.appendAffine(channels: shape[1], scale: scale, shift: shift)
    return composite
  }

  /// A scale and a shift of each channel, `γ·(x − μ)/√σ² + β`, as a batch normalisation by statistics that are given.
  ///
  /// - Parameters:
  ///   - channels: how many there are.
  ///   - scale: `γ`, one for each.
  ///   - shift: `β`.
  ///   - mean: `μ`, zero by default.
  ///   - variance: `σ²`, one by default.
  /// - Returns: The steps, or none where they would change nothing.
  public static func channelAffine(
    channels: Int, scale: NDArray, shift: NDArray, mean: NDArray? = nil, variance: NDArray? = nil
  ) -> Composite {
    var composite = Composite()
    composite.appendAffine(channels: channels, scale: scale, shift: shift, mean: mean, variance: variance)
    return composite
  }

  /// Leaves no step where it would change nothing.
  private mutating func appendAffine(
    channels: Int, scale: NDArray?, shift: NDArray?, mean: NDArray? = nil, variance: NDArray? = nil
  ) {
    func isOnly(_ array: NDArray?, _ number: Float) -> Bool { array?.scalars.allSatisfy { $0 == number } ?? true }
    if !steps.isEmpty, isOnly(scale, 1), isOnly(shift, 0), isOnly(mean, 0), isOnly(variance, 1) { return }
    func filled(_ number: Float) -> NDArray { NDArray(repeating: number, shape: [channels]).asConstant() }
    append(
      BatchNormalization(epsilon: 0),
      [
        ("scale", scale ?? filled(1)), ("shift", shift ?? filled(0)), ("mean", mean ?? filled(0)),
        ("variance", variance ?? filled(1)),
      ], as: "scaled")
  }
}
