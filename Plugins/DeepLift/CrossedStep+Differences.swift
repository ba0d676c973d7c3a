import AttributionKit
import Tensors

/// Multipliers at single steps: `v` is that of the output, Δ the difference from the reference.
extension CrossedStep {
  /// Differences of a smaller share of what differs are rounding: the derivative takes the place of their quotient.
  private static var least: Float { 1e-5 }

  /// The rescale rule, `v · Δf/Δz`, equation 12.
  ///
  /// A gate, `x · sigmoid(x)` as a product of two activations, is crossed as a product.
  func rescaled(from reference: CrossedStep) throws -> [Tensor?] {
    let slopes = try pullback(cotangent), inputs = slopes.indices.filter { slopes[$0] != nil }
    guard inputs.count == 1, let input = inputs.first, let slope = slopes[input], slope.shape == output.shape else {
      return try averaged(with: reference)
    }
    let risen = self.inputs[input] - reference.inputs[input]
    let shares = cotangent * (output - reference.output)
    var results = slopes
    results[input] = Self.quotient(shares, by: risen, around: self.inputs[input], reference.inputs[input], or: slope)
    return results
  }

  /// A maximum (as captum's): the rise above the reference's maximum goes to where this one is, the fall below it to where
  /// that one was.
  func routed(from reference: CrossedStep) throws -> [Tensor?] {
    let greater = Tensor(zip(output.scalars, reference.output.scalars).map { max($0, $1) }, shape: output.shape)
    let here = try pullback(cotangent * (greater - reference.output))
    let there = try reference.pullback(cotangent * (output - greater))
    let slopes = try pullback(cotangent)
    return slopes.indices.map { index in
      guard let here = here[index], let there = there[index], let slope = slopes[index] else { return nil }
      let (a, b) = (inputs[index], reference.inputs[index])
      return Self.quotient(here + there, by: a - b, around: a, b, or: slope)
    }
  }

  /// The mean of the derivatives at both ends.
  func averaged(with reference: CrossedStep) throws -> [Tensor?] {
    zip(try pullback(cotangent), try reference.pullback(cotangent)).map { here, there in
      guard let here, let there else { return nil }
      return 0.5 * (here + there)
    }
  }

  /// The reveal-cancel rule (section 3.5.3) at a linear step and the function behind it, whose cotangent this one has.
  ///
  ///     Δf⁺ = ½ (f(z₀+z⁺) − f(z₀)) + ½ (f(z₀+z⁺+z⁻) − f(z₀+z⁻)),   and Δf⁻ the other way round
  ///
  /// `z⁺` and `z⁻` are the contributions `wᵢΔxᵢ` above zero and below, which are multiplied by `Δf⁺/z⁺` and `Δf⁻/z⁻`.
  func revealed(
    from reference: CrossedStep, through function: CrossedStep, _ linear: LinearParts
  ) throws -> [Tensor?] {
    let delta = inputs[linear.input] - reference.inputs[linear.input]
    let raised = delta.rectified(), lowered = delta.map { min(0, $0) }
    let plus = try linear.product(raised, weights: .positive) + linear.product(lowered, weights: .negative)
    let minus = try linear.product(raised, weights: .negative) + linear.product(lowered, weights: .positive)
    let start = try linear.product(reference.inputs[linear.input], weights: .all, includesBias: true)
    func f(_ z: Tensor) throws -> Tensor {
      var inputs = function.inputs
      inputs[0] = z.reshaped(inputs[0].shape)
      return try function.value(at: inputs).reshaped(start.shape)
    }
    let (none, both) = (try f(start), try f(start + plus + minus))
    let (up, down) = (try f(start + plus), try f(start + minus))
    let v = cotangent.reshaped(start.shape)
    let still = 0 * v
    let exciting = Self.quotient(0.5 * v * (up - none + both - down), by: plus, around: start, plus, or: still)
    let inhibiting = Self.quotient(0.5 * v * (down - none + both - up), by: minus, around: start, minus, or: still)
    // A weight above zero contributes with the sign of its input, one below with the other.
    let whenRaised =
      try linear.transposedProduct(exciting, weights: .positive)
      + linear.transposedProduct(inhibiting, weights: .negative)
    let whenLowered =
      try linear.transposedProduct(inhibiting, weights: .positive)
      + linear.transposedProduct(exciting, weights: .negative)
    let multipliers = delta.scalars.indices.map { i in
      let (raised, lowered) = (whenRaised.scalars[i], whenLowered.scalars[i])
      return delta.scalars[i] > 0 ? raised : delta.scalars[i] < 0 ? lowered : 0.5 * (raised + lowered)
    }
    return inputs.indices.map { $0 == linear.input ? Tensor(multipliers, shape: delta.shape) : nil }
  }

  /// `shares / risen`, or the slope where `risen` is rounding beside the numbers that it lies between.
  private static func quotient(
    _ shares: Tensor, by risen: Tensor, around a: Tensor, _ b: Tensor, or slope: Tensor
  ) -> Tensor {
    Tensor(
      risen.scalars.indices.map { i in
        let size = max(abs(a.scalars[i]), abs(b.scalars[i]))
        return abs(risen.scalars[i]) <= least * size ? slope.scalars[i] : shares.scalars[i] / risen.scalars[i]
      }, shape: risen.shape)
  }
}
