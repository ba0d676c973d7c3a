import Kernels

extension RunSearch {
  /// A convolution with what follows it: normalisation, a residual sum, an activation function; each if it is there.
  func convolutionRun(from start: Int) -> (steps: [Int], call: KernelCall)? {
    let first = steps[start]
    guard let convolution = first.node.op as? Convolution, let weights = FoldedWeights(of: first, at: 0, values: values)
    else { return nil }
    var (run, value, folded) = ([start], first.output, weights)
    func advance(to index: Int) {
      run.append(index)
      value = steps[index].output
    }
    while let next = onlyReader(of: value), let affine = ChannelAffine(of: steps[next], applyingTo: value, values),
      folded.append(affine)
    {
      advance(to: next)
    }
    var addend: ValueID?
    if let next = onlyReader(of: value), let other = steps[next].summand(besides: value, values) {
      addend = other
      advance(to: next)
    }
    var activation: FusedActivation?
    if let next = onlyReader(of: value), let function = (steps[next].node.op as? ElementwiseFunction)?.function,
      let fused = FusedActivation(function)
    {
      activation = fused
      advance(to: next)
    } else if !isKept(value), let gate = gate(on: value), let fused = FusedActivation(gate.function) {
      activation = fused
      for step in gate.steps { advance(to: step) }
    }
    guard run.count > 1 else { return nil }
    let constants = folded.folded()
    let input = first.inputs[0]
    let call = KernelCall([input] + (addend.map { [$0] } ?? []), to: steps[run.last!]) {
      [activation, addend] known in
      try Kernels.convolution(
        first.operand(known[input]!), weights: constants.weights, bias: constants.bias, convolution.geometry,
        activation: activation,
        adding: addend.map { known[$0]! })
    }
    return (run, call)
  }
}

extension PlannedStep {
  /// What this adds to `value`, of the same shape.
  fileprivate func summand(besides value: ValueID, _ values: ValueTable) -> ValueID? {
    guard let sum = node.op as? Arithmetic, sum.function == .add,
      values.shapes[inputs[0]] == values.shapes[inputs[1]]
    else { return nil }
    return inputs[0] == value ? inputs[1] : inputs[0]
  }
}
