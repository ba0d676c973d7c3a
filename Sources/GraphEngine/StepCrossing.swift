public import Kernels

/// How the cotangent `v` of a step crosses it towards the inputs; `J` is the step's Jacobian.
public enum StepCrossing: Sendable {
  /// `vᵀJ`
  case derivative
  /// `max(0, v)ᵀJ`
  case derivativeOfPositive
  /// `max(0, v)`
  case positive
  /// Whatever this makes of what is known at the step: one cotangent for each input, in its shape; `nil` for constants,
  /// and where there is none.
  case computed(@Sendable (BackwardStep) throws -> [NDArray?])

  /// Whatever this makes of `v`, in the same shape, handed on to the first input that has it.
  public static func replaced(_ transform: @escaping @Sendable (NDArray) throws -> NDArray) -> StepCrossing {
    .computed { try $0.passed(transform($0.cotangent)) }
  }
}

/// A step at the moment when a cotangent crosses it: what ran forward there, and what comes back.
///
/// Arrays lie as the kernels left them. Values that the forward pass did not keep are computed again from the nearest
/// that it did, and given up once the walk has passed them.
public struct BackwardStep {
  /// The step that is crossed.
  public let step: PlannedStep
  /// The cotangent of its output.
  public let cotangent: NDArray
  private let pass: BackwardPass

  init(_ step: PlannedStep, cotangent: NDArray, in pass: BackwardPass) {
    (self.step, self.cotangent, self.pass) = (step, cotangent, pass)
  }

  /// The shapes of the inputs, batch first.
  public var inputShapes: [[Int]] { step.inputs.map { pass.plan.values.shapes[$0] } }

  /// The shape of the output, batch first.
  public var outputShape: [Int] { pass.plan.values.shapes[step.output] }

  /// Which inputs depend on the network's inputs, so that their cotangents are wanted.
  public var wanted: [Bool] { step.wanted }

  /// What the step read as input `index`, or a constant.
  ///
  /// - Throws: ``GraphError`` where it cannot be computed again.
  public func input(_ index: Int) throws -> NDArray { try pass.value(step.inputs[index]) }

  /// What the step computed.
  ///
  /// - Throws: ``GraphError`` where it cannot be computed again.
  public func output() throws -> NDArray { try pass.value(step.output) }

  /// The vector–Jacobian product: the cotangent of each wanted input for a cotangent of the output.
  ///
  /// - Throws: ``GraphError``, and whatever the operator throws.
  public func pullback(_ cotangent: NDArray) throws -> [NDArray?] {
    try step.node.op.pullback(step.operand(cotangent), at: linearizationPoint())
  }

  /// As ``pullback(_:)``, but what a normalisation divides by is taken as a constant.
  ///
  /// - Throws: ``GraphError``, and whatever the operator throws.
  public func linearPullback(_ cotangent: NDArray) throws -> [NDArray?] {
    guard let normalization = step.node.op as? any Normalization else { return try pullback(cotangent) }
    let pulled = try normalization.linearPullback(cotangent, input: input(0), constants: constants)
    return inputShapes.indices.map { $0 == 0 && wanted[0] ? pulled : nil }
  }

  /// A cotangent handed on as it is, to the first wanted input that has its shape; or else to the first that is spread out
  /// over it, summed over what is repeated.
  ///
  /// - Throws: ``GraphError/uncrossable(node:)`` where there is none.
  public func passed(_ cotangent: NDArray) throws -> [NDArray?] {
    let main =
      inputShapes.indices.first { wanted[$0] && inputShapes[$0] == cotangent.shape }
      ?? inputShapes.indices.first {
        wanted[$0] && (try? broadcast(inputShapes[$0], cotangent.shape)) == cotangent.shape
      }
    guard let main else { throw GraphError.uncrossable(node: step.node.label) }
    return inputShapes.indices.map { $0 == main ? summed(cotangent, to: inputShapes[$0]) : nil }
  }

  private var constants: [NDArray?] { step.inputs.map { pass.plan.values.constants[$0] } }

  private func linearizationPoint() throws -> LinearizationPoint {
    let needs = step.node.op.pullbackNeeds
    return LinearizationPoint(
      inputs: try needs == .inputs ? inputShapes.indices.map { try input($0) } : constants,
      output: needs == .output ? try output() : nil, inputShapes: inputShapes, outputShape: outputShape, wanted: wanted)
  }
}
