import Kernels

/// A convolution's weights and bias with the affine steps after it multiplied in.
struct FoldedWeights {
  private let weights: NDArray
  private let bias: NDArray?
  private var steps: [ChannelAffine] = []

  /// `nil` where the step's weights are not constant.
  init?(of step: PlannedStep, values: ValueTable) {
    let constants = step.inputs.dropFirst().compactMap { values.constants[$0] }
    guard constants.count == step.inputs.count - 1, let weights = constants.first, weights.isConstant else {
      return nil
    }
    (self.weights, bias) = (weights, constants.count > 1 ? constants[1] : nil)
  }

  mutating func append(_ step: ChannelAffine) { steps.append(step) }

  /// The weights `[O, I / groups, …]` and the bias `[O]`, made once for all plans that share the constants.
  func folded() -> (weights: NDArray, bias: NDArray?) {
    guard !steps.isEmpty else { return (weights, bias) }
    let others = (bias.map { [$0] } ?? []) + steps.flatMap(\.constants)
    let recipe = steps.map(\.operation).joined(separator: ",") + (bias == nil ? "" : " with bias")
    let made = weights.derived(recipe, from: others) {
      var scale = [Float](repeating: 1, count: weights.shape[0])
      var shift = bias?.scalars ?? scale.map { _ in 0 }
      for step in steps {
        for channel in scale.indices {
          scale[channel] *= step.scale[channel]
          shift[channel] = step.scale[channel] * shift[channel] + step.shift[channel]
        }
      }
      return [weights.scalingRows(by: scale), NDArray(shift, shape: [shift.count]).asConstant()]
    }
    return (made[0], made[1])
  }
}
