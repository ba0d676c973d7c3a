public import Kernels

extension Trace {
  /// `y − J·x` of a step that is no linear one: what it adds to a linear function of what it read in this run.
  ///
  /// A function of single scalars adds `f(x) − f′(x)·x`; a product of two arrays `−y`, since `J·x = 2y`; what joins
  /// activations with constants, the constants.
  ///
  /// - Parameter name: the value that the step computes.
  /// - Returns: An array of the value's shape; `nil` where the step adds nothing, or it is none of these kinds.
  /// - Throws: ``GraphError``, and whatever the operator throws.
  public func implicitBias(of name: String) throws -> NDArray? {
    guard let step = plan.steps.first(where: { $0.name == name }), step.wanted.contains(true) else { return nil }
    switch plan.kind(of: step) {
    case .product, .matrixProduct: return try apply(.neg, value(step.output))
    case .activation, .affine: return try elementwiseBias(of: step)
    // The Jacobian of a softmax is its own transpose.
    case .softmax: return try combine(.subtract, value(step.output), pullback(value(step.inputs[0]), through: step, 0))
    case .normalization: return try normalizationBias(of: step)
    case .movement: return try constants(in: step)
    default: return nil
    }
  }

  private func elementwiseBias(of step: PlannedStep) throws -> NDArray? {
    // A ReLU is linear on either side of zero.
    if (step.node.op as? ElementwiseFunction)?.rectifierBound == .infinity { return nil }
    let shape = plan.values.shapes[step.output]
    guard let input = step.onlyWanted, plan.values.shapes[step.inputs[input]] == shape else { return nil }
    let slope = try pullback(NDArray(repeating: 1, shape: shape), through: step, input)
    let product = try combine(.multiply, slope, value(step.inputs[input]))
    return try combine(.subtract, value(step.output), product)
  }

  /// Of a layer normalisation, whose Jacobian is `diag(γ)·P` with a `P` that is its own transpose: `y − γ ⊙ Jᵀ(x / γ)`.
  private func normalizationBias(of step: PlannedStep) throws -> NDArray? {
    guard step.node.op is LayerNormalization, let scale = plan.values.constants[step.inputs[1]],
      scale.scalars.allSatisfy({ $0 != 0 })
    else { return nil }
    let pulled = try pullback(combine(.divide, value(step.inputs[0]), scale), through: step, 0)
    return try combine(.subtract, value(step.output), combine(.multiply, pulled, scale))
  }

  /// What a step that only moves scalars makes of its constants alone.
  private func constants(in step: PlannedStep) throws -> NDArray? {
    guard step.wanted.contains(false) else { return nil }
    let inputs = zip(step.inputs, step.wanted).map { id, isWanted in
      isWanted ? NDArray(repeating: 0, shape: plan.values.shapes[id]) : plan.values.constants[id]
    }
    let known = inputs.compactMap { $0 }
    return known.count == inputs.count ? try step.node.op.forward(known) : nil
  }

  private func pullback(_ cotangent: NDArray, through step: PlannedStep, _ input: Int) throws -> NDArray {
    let pulled = try step.node.op.pullback(step.operand(cotangent), at: linearizationPoint(of: step))
    return pulled[input] ?? NDArray(repeating: 0, shape: plan.values.shapes[step.inputs[input]])
  }
}
