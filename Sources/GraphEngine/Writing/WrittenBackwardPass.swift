/// How a cotangent crosses a step of a pass that is written out; as ``StepCrossing`` has it.
public enum WrittenCrossing {
  case derivative
  case derivativeOfPositive
  case positive
  /// The cotangent as it is, to the first wanted input of its shape.
  case passed
  case computed((WrittenStep) throws -> [Written?])
}

/// A walk from cotangents of some values back towards the inputs, written out.
public final class WrittenBackwardPass {
  private let pass: WrittenPass
  private let crossing: (PlannedStep) -> WrittenCrossing
  private var cotangents: [ValueID: Written] = [:]
  /// Steps from here on have been walked.
  private var position: Int

  /// Starts at several values at once.
  ///
  /// - Parameters:
  ///   - pass: the run that is differentiated.
  ///   - starts: the cotangents of the values where the walk starts, by their names.
  ///   - crossing: how each step is crossed.
  public init(
    through pass: WrittenPass, from starts: [String: Written], crossing: @escaping (PlannedStep) -> WrittenCrossing
  ) {
    (self.pass, self.crossing) = (pass, crossing)
    for (name, cotangent) in starts { if let id = pass.plan.values.ids[name] { cotangents[id] = cotangent } }
    position = pass.plan.steps.count
  }

  /// The cotangent of the value `name`; `nil` where it has no influence.
  ///
  /// - Throws: ``GraphError`` where a step on the way cannot be written.
  public func cotangent(of name: String) throws(GraphError) -> Written? {
    let plan = pass.plan
    guard let id = plan.values.ids[name] else { throw .noSuchValue(name) }
    let end = plan.steps.lastIndex { $0.output == id }.map { $0 + 1 } ?? 0
    while position > end {
      position -= 1
      try walk(plan.steps[position])
    }
    return cotangents[id]
  }

  private func walk(_ step: PlannedStep) throws(GraphError) {
    guard let cotangent = cotangents[step.output], step.wanted.contains(true) else { return }
    do {
      let pulled = try pull(cotangent, through: step)
      for (input, pulled) in zip(step.inputs, pulled) {
        guard let pulled else { continue }
        cotangents[input] = try cotangents[input].map { try pass.writer.sum($0, pulled) } ?? pulled
      }
    } catch let error as GraphError {
      throw error
    } catch {
      throw .failed(node: "the pullback of \(step.node.label)", reason: "\(error)")
    }
  }

  private func pull(_ cotangent: Written, through step: PlannedStep) throws -> [Written?] {
    let written = WrittenStep(step, cotangent: cotangent, in: pass)
    switch crossing(step) {
    case .derivative: return try written.pullback(cotangent)
    case .derivativeOfPositive: return try written.pullback(pass.writer.rectified(cotangent))
    case .positive: return try written.passed(pass.writer.rectified(cotangent))
    case .passed: return try written.passed(cotangent)
    case .computed(let compute): return try compute(written)
    }
  }
}

/// A step at the moment when a cotangent crosses it in a pass that is written out.
public struct WrittenStep {
  /// The step that is crossed.
  public let step: PlannedStep
  /// The cotangent of its output.
  public let cotangent: Written
  /// Where it is differentiated.
  public let point: WrittenPoint
  /// Where it is written.
  public let writer: GraphWriter

  init(_ step: PlannedStep, cotangent: Written, in pass: WrittenPass) {
    (self.step, self.cotangent, point, writer) = (step, cotangent, pass.point(of: step), pass.writer)
  }

  /// The vector–Jacobian product.
  ///
  /// - Throws: Where the operator cannot be written.
  public func pullback(_ cotangent: Written) throws -> [Written?] {
    try step.writable.writePullback(cotangent, at: point, to: writer)
  }

  /// A cotangent handed on as it is, to the first wanted input that has its shape.
  ///
  /// - Throws: ``GraphError/uncrossable(node:)`` where there is none.
  public func passed(_ cotangent: Written) throws -> [Written?] {
    let main = point.inputShapes.indices.first { point.wanted[$0] && point.inputShapes[$0] == cotangent.shape }
    guard let main else { throw GraphError.uncrossable(node: step.node.label) }
    return point.inputShapes.indices.map { $0 == main ? cotangent : nil }
  }
}
