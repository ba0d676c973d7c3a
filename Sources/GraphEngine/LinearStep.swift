public import Kernels

/// Weights times an activation, plus a bias, as one step: a linear operator with the scales and shifts behind it, such as
/// a batch normalisation, multiplied into its weights.
///
/// The steps stay what they are; this is how rules that share out relevance see them.
public struct LinearStep: Sendable {
  /// The step that has the weights.
  public let step: PlannedStep
  /// The steps behind it that only scale and shift its channels, in order.
  public let folded: [PlannedStep]
  /// Which of the step's inputs is the activation.
  public let input: Int
  private let op: any LinearOperator
  private let own: FoldedWeights

  /// The weights and the bias, what is behind the step folded in; made once for all plans that share the constants.
  public var weights: LinearWeights { own.folded() }

  /// `W x + b`: with the step's own ``weights``, what the last of ``folded`` computes.
  ///
  /// - Throws: Where the shapes do not fit together.
  public func forward(_ x: NDArray, _ weights: LinearWeights) throws -> NDArray {
    try op.forward(x, weights, at: input)
  }

  /// `Wᵀ v`, in the activation's shape.
  ///
  /// - Throws: Where the shapes do not fit together.
  public func pullback(_ cotangent: NDArray, _ weights: LinearWeights, inputShape: [Int]) throws -> NDArray {
    try op.pullback(cotangent, weights, at: input, inputShape: inputShape)
  }
}

extension LinearStep {
  /// The same written out: the weights where they are, with what is folded in as numbers for each channel.
  ///
  /// - Throws: Where the operator cannot be written.
  public func written(at point: WrittenPoint, to writer: GraphWriter) throws -> WrittenLinearStep {
    guard let op = op as? any WritableLinearOperator,
      var weights = try op.writeWeights(point, of: input, to: writer)
    else { throw ShapeError("its weights cannot be written in ONNX's operators") }
    if own.isFolded, let axis = own.channelAxis {
      let (scale, shift) = own.affine
      if scale.contains(where: { $0 != 1 }) {
        let rank = weights.weights.shape.rank
        let factors = writer.constant(scale, (0..<rank).map { $0 == axis ? scale.count : 1 })
        weights.weights = try writer.product(weights.weights, factors)
      }
      weights.bias = writer.constant(shift, [shift.count])
    }
    return WrittenLinearStep(op: op, input: input, weights: weights)
  }
}

/// A linear step that is written out.
public struct WrittenLinearStep {
  private let op: any WritableLinearOperator
  private let input: Int
  /// The weights and the bias, what is behind the step folded in.
  public let weights: WrittenWeights

  fileprivate init(op: any WritableLinearOperator, input: Int, weights: WrittenWeights) {
    (self.op, self.input, self.weights) = (op, input, weights)
  }

  /// The product with the weights, and what is added, `W x + b`.
  ///
  /// - Throws: Where it cannot be written.
  public func product(
    _ x: Written, _ weights: WrittenWeights, shape: WrittenShape, to writer: GraphWriter
  ) throws -> Written {
    try op.write(x, weights, at: input, shape: shape, to: writer)
  }

  /// The product with the transposed weights, `Wᵀ v`.
  ///
  /// - Throws: Where it cannot be written.
  public func pullback(
    _ v: Written, _ weights: WrittenWeights, inputShape: WrittenShape, to writer: GraphWriter
  ) throws -> Written {
    try op.writePullback(v, weights, at: input, inputShape: inputShape, to: writer)
  }
}

extension Plan {
  /// The network's linear steps, in order.
  public var linearSteps: [LinearStep] {
    var readers: [ValueID: [PlannedStep]] = [:]
    for step in steps { for input in step.inputs { readers[input, default: []].append(step) } }
    var isFolded: Set<ValueID> = []
    return steps.compactMap { step in
      guard !isFolded.contains(step.output),
        let linear = LinearStep(step, values: values, readers: { outputs.contains($0) ? [] : readers[$0] ?? [] })
      else { return nil }
      isFolded.formUnion(linear.folded.map(\.output))
      return linear
    }
  }
}

extension LinearStep {
  fileprivate init?(_ step: PlannedStep, values: ValueTable, readers: (ValueID) -> [PlannedStep]) {
    guard let op = step.node.op as? any LinearOperator, let input = step.onlyWanted,
      var weights = FoldedWeights(of: step, at: input, values: values)
    else { return nil }
    var folded: [PlannedStep] = [], value = step.output
    let axis = op.channelAxis(ofRank: values.shapes[value].count)
    while readers(value).count == 1,
      let affine = ChannelAffine(of: readers(value)[0], applyingTo: value, values, channelAxis: axis),
      weights.append(affine)
    {
      folded.append(readers(value)[0])
      value = readers(value)[0].output
    }
    (self.step, self.folded, self.input, self.op, own) = (step, folded, input, op, weights)
  }
}

extension PlannedStep {
  /// The input that varies, where all others are constants.
  var onlyWanted: Int? { wanted.count { $0 } == 1 ? wanted.firstIndex(of: true) : nil }
}
