public import Kernels

/// The steps between two values where nothing but affine operators lie between them: a classifier's head.
public struct AffineChain: Sendable {
  private let steps: [PlannedStep]
  private let plan: Plan
  private let start: ValueID

  /// The chain from `source` to `target`; `nil` where the network is of another shape.
  ///
  /// The target must depend on nothing else that varies; the chain holds exactly one global average pooling and treats
  /// all positions alike before it.
  public init?(in plan: Plan, from source: String, pooledTo target: String) {
    guard let start = plan.values.ids[source], let end = plan.values.ids[target] else { return nil }
    var readers: [ValueID: [PlannedStep]] = [:]
    for step in plan.steps { for input in Set(step.inputs) { readers[input, default: []].append(step) } }
    var (chain, value, poolings): ([PlannedStep], ValueID, Int) = ([], start, 0)
    while value != end {
      guard let next = readers[value], next.count == 1, next[0].wanted.count(where: { $0 }) == 1,
        let kind = next[0].affineKind(isPooled: poolings > 0, shapes: plan.values.shapes)
      else { return nil }
      if kind == .pooling { poolings += 1 }
      chain.append(next[0])
      value = next[0].output
    }
    guard poolings == 1 else { return nil }
    (steps, self.plan, self.start) = (chain, plan, start)
  }

  /// The cotangent of the source, for one of the target; being affine, the chain needs no activations for it.
  public func pullback(_ cotangent: NDArray) throws -> NDArray {
    let shapes = plan.values.shapes
    return try steps.reversed().reduce(cotangent) { cotangent, step in
      let point = LinearizationPoint(
        inputs: step.inputs.map { plan.values.constants[$0] }, output: nil, inputShapes: step.inputs.map { shapes[$0] },
        outputShape: shapes[step.output], wanted: step.wanted)
      return try step.node.op.pullback(cotangent, at: point).compactMap { $0 }[0]
    }
  }
}

extension PlannedStep {
  fileprivate enum AffineKind { case pooling, other }

  /// Whether the step is affine in its varying input; before the pooling, only those that see each position alone.
  fileprivate func affineKind(isPooled: Bool, shapes: [[Int]]) -> AffineKind? {
    let input = shapes[inputs[0]]
    switch node.op {
    case is GlobalAveragePool: return isPooled ? .other : .pooling
    case let reduction as Reduction where reduction.kind == .mean && reduction.axes == [2, 3] && input.count == 4:
      return isPooled ? .other : .pooling
    case let pool as AveragePool where pool.geometry.covers(input): return isPooled ? .other : .pooling
    case is Identity, is BatchNormalization: return .other
    case is Reshape, is Linear: return isPooled && wanted[0] ? .other : nil
    case let convolution as Convolution:
      let kernel = shapes[inputs[1]].dropFirst(2)
      let isPointwise = kernel.allSatisfy { $0 == 1 } && convolution.geometry.strides.allSatisfy { $0 == 1 }
      return isPooled || isPointwise ? .other : nil
    case let arithmetic as Arithmetic:
      switch arithmetic.function {
      case .add, .subtract: return isPooled ? .other : nil
      default: return nil
      }
    default: return nil
    }
  }
}

extension PoolingGeometry {
  /// Whether one unpadded window takes in the whole of `input`, `[N, C, …]`.
  fileprivate func covers(_ input: [Int]) -> Bool {
    kernel == Array(input.dropFirst(2)) && (paddingBefore + paddingAfter).allSatisfy { $0 == 0 }
  }
}
