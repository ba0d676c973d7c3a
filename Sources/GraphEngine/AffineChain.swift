public import Kernels

/// The steps between two values where nothing but affine operators lie between them: a classifier's head.
public struct AffineChain: Sendable {
  private let steps: [PlannedStep]
  private let plan: Plan

  /// The chain from `source` to `target`; `nil` where the network is of another shape.
  ///
  /// The target must depend on nothing else that varies.
  public init?(in plan: Plan, from source: String, to target: String) {
    guard let start = plan.values.ids[source], let end = plan.values.ids[target] else { return nil }
    var readers: [ValueID: [PlannedStep]] = [:]
    for step in plan.steps { for input in Set(step.inputs) { readers[input, default: []].append(step) } }
    var (chain, value): ([PlannedStep], ValueID) = ([], start)
    while value != end {
      guard let next = readers[value], next.count == 1, next[0].isAffine(plan.values) else { return nil }
      chain.append(next[0])
      value = next[0].output
    }
    (steps, self.plan) = (chain, plan)
  }

  /// The cotangent of the source, for one of the target; being affine, the chain needs no activations for it.
  public func pullback(_ cotangent: NDArray) throws -> NDArray {
    let shapes = plan.values.shapes
    return try plan.engine.run {
      try steps.reversed().reduce(cotangent) { cotangent, step in
        let point = LinearizationPoint(
          inputs: step.inputs.map { plan.values.constants[$0] }, output: nil,
          inputShapes: step.inputs.map { shapes[$0] }, outputShape: shapes[step.output], wanted: step.wanted)
        return try step.node.op.pullback(cotangent, at: point).compactMap { $0 }[0]
      }
    }
  }
}

extension Plan {
  /// The last value that is an affine function of the network's only input and that everything else is computed from;
  /// `nil` where no weights are multiplied before it.
  public var endOfAffineBeginning: String? {
    guard inputs.count == 1 else { return nil }
    var readers: [ValueID: [PlannedStep]] = [:]
    for step in steps { for input in Set(step.inputs) { readers[input, default: []].append(step) } }
    var (value, hasWeights) = (inputs[0], false)
    while !outputs.contains(value), let next = readers[value], next.count == 1, next[0].isAffine(values) {
      value = next[0].output
      hasWeights = hasWeights || next[0].node.op is any LinearOperator
    }
    return hasWeights ? values.names[value] : nil
  }

  /// The network up to one of its values, for its output, in float32.
  ///
  /// - Throws: ``GraphError/noSuchValue(_:)``.
  public func beginning(to name: String) throws(GraphError) -> Plan {
    try Plan(
      Graph(inputs: graph.inputs, nodes: graph.nodes, constants: graph.constants, outputs: [name]), engine: engine)
  }
}

extension PlannedStep {
  /// Whether the step is affine in the one input that varies, all others being known.
  fileprivate func isAffine(_ values: ValueTable) -> Bool {
    guard let varying = wanted.firstIndex(of: true), wanted.count(where: { $0 }) == 1 else { return false }
    guard inputs.indices.allSatisfy({ $0 == varying || values.constants[inputs[$0]] != nil }) else { return false }
    return node.op.isAffine(in: varying)
  }
}
