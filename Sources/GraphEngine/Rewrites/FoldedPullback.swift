import Kernels

/// The pullback of an affine step together with that of the convolution before it: one data gradient with folded weights.
struct FoldedPullback: Sendable {
  /// The affine step, whose scale the weights contain.
  let affine: PlannedStep
  let geometry: ConvolutionGeometry
  let weights: NDArray

  /// Every pair of steps that can be crossed as one, by the value between them.
  static func all(in steps: [PlannedStep], values: ValueTable) -> [ValueID: FoldedPullback] {
    var readers: [ValueID: [PlannedStep]] = [:]
    for step in steps { for input in step.inputs { readers[input, default: []].append(step) } }
    var result: [ValueID: FoldedPullback] = [:]
    for step in steps {
      guard let convolution = step.node.op as? Convolution, let reader = readers[step.output], reader.count == 1,
        step.wanted[0], var folded = FoldedWeights(of: step, at: 0, values: values),
        let affine = ChannelAffine(of: reader[0], applyingTo: step.output, values), folded.append(affine)
      else { continue }
      result[step.output] = FoldedPullback(
        affine: reader[0], geometry: convolution.geometry, weights: folded.folded().weights)
    }
    return result
  }
}
