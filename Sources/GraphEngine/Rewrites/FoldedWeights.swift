import Kernels

/// A linear operator's weights and bias with the affine steps after it multiplied in.
struct FoldedWeights {
  private let own: LinearWeights
  private let op: any LinearOperator
  private let input: Int
  private var steps: [ChannelAffine] = []

  /// `nil` where the step multiplies its input `input` by no constant weights.
  init?(of step: PlannedStep, at input: Int, values: ValueTable) {
    guard let op = step.node.op as? any LinearOperator,
      let own = op.weights(among: step.inputs.map { values.constants[$0] }, of: input), own.weights.isConstant
    else { return nil }
    (self.own, self.op, self.input) = (own, op, input)
  }

  /// Takes in a step after those before; whether it could be.
  @discardableResult
  mutating func append(_ step: ChannelAffine) -> Bool {
    guard op.channelAxis(ofWeights: own.weights.shape, at: input) != nil,
      own.bias.map({ $0.count == step.scale.count }) ?? true
    else { return false }
    steps.append(step)
    return true
  }

  /// Whether there is a step to multiply in.
  var isFolded: Bool { !steps.isEmpty }

  /// What each channel of the product is multiplied by, and what is then added, the operator's own bias among it.
  var affine: (scale: [Float], shift: [Float]) {
    var scale = [Float](repeating: 1, count: steps[0].scale.count)
    var shift = own.bias?.scalars ?? scale.map { _ in 0 }
    for step in steps {
      for channel in scale.indices {
        scale[channel] *= step.scale[channel]
        shift[channel] = step.scale[channel] * shift[channel] + step.shift[channel]
      }
    }
    return (scale, shift)
  }

  /// The axis of the weights along which each position makes a channel of the output.
  var channelAxis: Int? { op.channelAxis(ofWeights: own.weights.shape, at: input) }

  /// The weights and the bias, one for each channel, made once for all plans that share the constants.
  func folded() -> LinearWeights {
    guard !steps.isEmpty else { return own }
    let others = (own.bias.map { [$0] } ?? []) + steps.flatMap(\.constants)
    let recipe = steps.map(\.operation).joined(separator: ",") + (own.bias == nil ? "" : " with bias")
    let made = own.weights.derived(recipe, from: others) {
      let (scale, shift) = affine
      let bias = NDArray(shift, shape: [shift.count]).asConstant()
      guard let axis = op.channelAxis(ofWeights: own.weights.shape, at: input),
        scale.contains(where: { $0 != 1 })
      else {
        return [bias]
      }
      return [bias, own.weights.scaling(by: scale, along: axis)]
    }
    return LinearWeights(made.count > 1 ? made[1] : own.weights, bias: made[0])
  }
}

extension NDArray {
  /// A constant, each position of an axis times its number.
  fileprivate func scaling(by factors: [Float], along axis: Int) -> NDArray {
    if axis == 0 { return scalingRows(by: factors) }
    let inner = shape[(axis + 1)...].reduce(1, *)
    let scaled = scalars.enumerated().map { $1 * factors[$0 / inner % factors.count] }
    return NDArray(scaled, shape: shape).asConstant()
  }
}
