public import Kernels

/// A walk from cotangents of some values back towards the inputs: data gradients only.
///
/// The walk is resumable. It goes as far as the value asked for and waits there, with the cotangents of all values
/// that nearer steps feed; asking for a shallower value continues from them. Cotangents already passed are dropped,
/// but for those asked for and those named in `retaining`.
public final class BackwardPass {
  private let trace: Trace
  private let crossing: (PlannedStep) -> StepCrossing
  /// Complete for every value whose readers have all been walked.
  private var cotangents: [ValueID: NDArray]
  private var retained: [ValueID: NDArray] = [:]
  private let retaining: Set<ValueID>
  /// Whether what the forward pass kept is given back as the walk passes it.
  private let releasesValues: Bool
  /// Cotangents that still lack the scale of the affine step behind them, see ``FoldedPullback``.
  private var unscaled: Set<ValueID> = []
  /// What a rule asked for and the forward pass had not kept, until the walk has passed it.
  private var recomputed: [ValueID: NDArray] = [:]
  /// Steps from here on have been walked.
  private var position: Int

  /// Starts at the value `name`, where the cotangent is `cotangent`.
  ///
  /// - Parameters:
  ///   - trace: the run that is differentiated.
  ///   - name: the value where the walk starts.
  ///   - cotangent: of that value's shape.
  ///   - retaining: the values whose cotangents are kept though nobody has asked for them yet.
  ///   - releasesValues: whether the trace gives up each value once the walk has passed it: for a trace that nobody asks
  ///     for anything else.
  ///   - crossing: how each step is crossed.
  /// - Throws: ``GraphError`` where there is no such value, or its shape is another.
  public convenience init(
    through trace: Trace, from name: String, cotangent: NDArray, retaining: Set<String> = [],
    releasesValues: Bool = false, crossing: @escaping (PlannedStep) -> StepCrossing = { _ in .derivative }
  ) throws(GraphError) {
    try self.init(
      through: trace, from: [name: cotangent], retaining: retaining, releasesValues: releasesValues, crossing: crossing)
  }

  /// Starts at several values at once: what reaches a shallower value is the sum of what comes from each.
  ///
  /// - Parameters:
  ///   - trace: the run that is differentiated.
  ///   - starts: the cotangents of the values where the walk starts, by their names and of their shapes.
  ///   - retaining: the values whose cotangents are kept though nobody has asked for them yet.
  ///   - releasesValues: whether the trace gives up each value once the walk has passed it: for a trace that nobody asks
  ///     for anything else.
  ///   - crossing: how each step is crossed.
  /// - Throws: ``GraphError`` where there is no such value, or its shape is another.
  public init(
    through trace: Trace, from starts: [String: NDArray], retaining: Set<String> = [],
    releasesValues: Bool = false, crossing: @escaping (PlannedStep) -> StepCrossing = { _ in .derivative }
  ) throws(GraphError) {
    let plan = trace.plan
    cotangents = [:]
    for (name, cotangent) in starts {
      guard let start = plan.values.ids[name] else { throw .noSuchValue(name) }
      guard plan.values.shapes[start] == cotangent.shape else {
        throw .wrongInput(name: name, expected: plan.values.shapes[start], given: cotangent.shape)
      }
      cotangents[start] = cotangent
    }
    self.trace = trace
    self.crossing = crossing
    self.releasesValues = releasesValues
    self.retaining = Set(retaining.compactMap { plan.values.ids[$0] })
    position = plan.steps.count
  }

  /// The cotangent of the value `name`, zero where it has no influence; `nil` if the walk has already passed it.
  public func cotangent(of name: String) throws(GraphError) -> NDArray? {
    let plan = trace.plan
    guard let id = plan.values.ids[name] else { throw .noSuchValue(name) }
    if let known = retained[id] { return known }
    guard let end = plan.positionAfter(id) else { return NDArray(repeating: 0, shape: plan.values.shapes[id]) }
    guard end <= position else { return nil }
    return try plan.engine.run { () throws(GraphError) in
      while position > end { try walk(plan.steps[position - 1]) }
      let result = try completed(id) ?? NDArray(repeating: 0, shape: plan.values.shapes[id])
      retained[id] = result
      return result
    }
  }

  /// The plan that was run.
  var plan: Plan { trace.plan }

  /// A value of the run, computed again from the nearest ones at hand if need be.
  func value(_ id: ValueID) throws(GraphError) -> NDArray {
    if let known = trace.kept(id) ?? recomputed[id] { return known }
    return try trace.recompute(id, with: &recomputed)
  }

  private func walk(_ step: PlannedStep) throws(GraphError) {
    position -= 1
    // Whoever reads the value comes later in the network, and has been passed already.
    defer {
      recomputed[step.output] = nil
      if releasesValues { trace.release(step.output) }
    }
    do {
      let crossing = cotangents[step.output] == nil ? nil : crossing(step)
      if case .derivative = crossing, try walkFolded(step) { return }
      guard let crossing, let cotangent = try take(step.output), step.wanted.contains(true) else { return }
      try add(pull(consume cotangent, through: step, crossing), to: step.inputs)
    } catch let error as GraphError {
      throw error
    } catch {
      throw .failed(node: "the pullback of \(step.node.label)", reason: "\(error)")
    }
  }

  /// Crosses an affine step by leaving its work to the convolution before it, or such a convolution.
  private func walkFolded(_ step: PlannedStep) throws -> Bool {
    let plan = trace.plan
    if unscaled.contains(step.output), !retaining.contains(step.output), let folded = plan.foldedPullbacks[step.output]
    {
      unscaled.remove(step.output)
      let cotangent = cotangents.removeValue(forKey: step.output)!
      let pulled = try convolutionPullback(
        step.operand(cotangent), weights: folded.weights, inputShape: plan.values.shapes[step.inputs[0]],
        folded.geometry)
      try add([pulled], to: step.inputs)
      return true
    }
    guard let source = step.inputs.first(where: { plan.foldedPullbacks[$0]?.affine.output == step.output }),
      cotangents[source] == nil, let cotangent = try take(step.output)
    else { return false }
    cotangents[source] = cotangent
    unscaled.insert(source)
    return true
  }

  /// The cotangent of a value, the scale of an affine step behind it made up for.
  private func completed(_ id: ValueID) throws(GraphError) -> NDArray? {
    guard unscaled.remove(id) != nil, let folded = trace.plan.foldedPullbacks[id] else { return cotangents[id] }
    do {
      let point = trace.linearizationPoint(of: folded.affine)
      let pulled = try folded.affine.node.op.pullback(cotangents[id]!, at: point)
      cotangents[id] = zip(folded.affine.inputs, pulled).first { $0.0 == id }?.1
    } catch {
      throw .failed(node: "the pullback of \(folded.affine.node.label)", reason: "\(error)")
    }
    return cotangents[id]
  }

  /// Hands out a cotangent that is not needed here any longer.
  private func take(_ id: ValueID) throws(GraphError) -> NDArray? {
    let cotangent = try completed(id)
    cotangents[id] = nil
    if retaining.contains(id) { retained[id] = cotangent }
    return cotangent
  }

  private func add(_ pulled: [NDArray?], to inputs: [ValueID]) throws {
    for (input, pulled) in zip(inputs, pulled) {
      guard let pulled else { continue }
      if var sum = cotangents.removeValue(forKey: input) {
        try accumulate(pulled, into: &sum)
        cotangents[input] = sum
      } else {
        cotangents[input] = pulled
      }
    }
  }

  private func pull(
    _ cotangent: consuming NDArray, through step: PlannedStep, _ crossing: StepCrossing
  ) throws -> [NDArray?] {
    switch crossing {
    case .derivative: return try derivative(cotangent, through: step, keepsNegative: true)
    case .derivativeOfPositive: return try derivative(cotangent, through: step, keepsNegative: false)
    case .positive:
      let rectified = rectified(cotangent)
      return try BackwardStep(step, cotangent: rectified, in: self).passed(rectified)
    case .computed(let compute): return try compute(BackwardStep(step, cotangent: cotangent, in: self))
    }
  }

  private func derivative(
    _ cotangent: consuming NDArray, through step: PlannedStep, keepsNegative: Bool
  ) throws -> [NDArray?] {
    if let bound = (step.node.op as? ElementwiseFunction)?.rectifierBound, let output = trace.kept(step.output) {
      return [try gated(cotangent, by: output, below: bound, keepsNegative: keepsNegative)]
    }
    let point = trace.linearizationPoint(of: step)
    return try step.node.op.pullback(step.operand(keepsNegative ? cotangent : rectified(cotangent)), at: point)
  }
}

extension Plan {
  /// The position right after the step that computes `id`, zero for an input; `nil` where the outputs ignore it.
  fileprivate func positionAfter(_ id: ValueID) -> Int? {
    inputs.contains(id) ? 0 : steps.lastIndex { $0.output == id }.map { $0 + 1 }
  }
}
