public import Kernels

extension Trace {
  /// `y − J·x` of a step that is no linear one: what it adds to a linear function of what it read in this run.
  ///
  /// A function of single scalars adds `f(x) − f′(x)·x`, a product of two arrays `−y`, since `J·x = 2y`.
  ///
  /// - Parameter name: the value that the step computes.
  /// - Returns: An array of the value's shape; `nil` where the step adds nothing, or it is none of these kinds.
  /// - Throws: ``GraphError``, and whatever the operator throws.
  public func implicitBias(of name: String) throws -> NDArray? {
    guard let step = plan.steps.first(where: { $0.name == name }), step.wanted.contains(true) else { return nil }
    switch plan.kind(of: step) {
    case .product, .matrixProduct: return try apply(.neg, value(step.output))
    case .activation, .affine: return try elementwiseBias(of: step)
    default: return nil
    }
  }

  private func elementwiseBias(of step: PlannedStep) throws -> NDArray? {
    // A ReLU is linear on either side of zero.
    if (step.node.op as? ElementwiseFunction)?.rectifierBound == .infinity { return nil }
    let shape = plan.values.shapes[step.output]
    guard let input = step.onlyWanted, plan.values.shapes[step.inputs[input]] == shape else { return nil }
    let ones = NDArray(repeating: 1, shape: shape)
    guard let slope = try step.node.op.pullback(step.operand(ones), at: linearizationPoint(of: step))[input] else {
      return nil
    }
    let x = try value(step.inputs[input]), y = try value(step.output)
    return try combine(.subtract, y, combine(.multiply, slope, x))
  }
}
