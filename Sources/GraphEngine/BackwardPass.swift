public import Kernels

/// How the cotangent `v` of a step crosses it towards the inputs; `J` is the step's Jacobian.
public enum StepCrossing: Sendable {
  /// `vᵀJ`
  case derivative
  /// `max(0, v)ᵀJ`
  case derivativeOfPositive
  /// `max(0, v)`
  case positive
  /// Whatever this makes of `v`, in the same shape.
  case replaced(@Sendable (NDArray) throws -> NDArray)
}

/// A walk from a cotangent of one value back towards the inputs: data gradients only.
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
  /// Steps from here on have been walked.
  private var position: Int

  /// Starts at the value `name`, where the cotangent is `cotangent`.
  public init(
    through trace: Trace, from name: String, cotangent: NDArray, retaining: Set<String> = [],
    crossing: @escaping (PlannedStep) -> StepCrossing = { _ in .derivative }
  ) throws(GraphError) {
    let plan = trace.plan
    guard let start = plan.values.ids[name] else { throw .noSuchValue(name) }
    guard plan.values.shapes[start] == cotangent.shape else {
      throw .wrongInput(name: name, expected: plan.values.shapes[start], given: cotangent.shape)
    }
    self.trace = trace
    self.crossing = crossing
    self.retaining = Set(retaining.compactMap { plan.values.ids[$0] })
    cotangents = [start: cotangent]
    position = plan.steps.count
  }

  /// The cotangent of the value `name`, zero where it has no influence; `nil` if the walk has already passed it.
  public func cotangent(of name: String) throws(GraphError) -> NDArray? {
    let plan = trace.plan
    guard let id = plan.values.ids[name] else { throw .noSuchValue(name) }
    if let known = retained[id] { return known }
    guard let end = plan.positionAfter(id) else { return NDArray(repeating: 0, shape: plan.values.shapes[id]) }
    guard end <= position else { return nil }
    while position > end { try walk(plan.steps[position - 1]) }
    let result = cotangents[id] ?? NDArray(repeating: 0, shape: plan.values.shapes[id])
    retained[id] = result
    return result
  }

  private func walk(_ step: PlannedStep) throws(GraphError) {
    position -= 1
    guard let cotangent = cotangents.removeValue(forKey: step.output) else { return }
    if retaining.contains(step.output) { retained[step.output] = cotangent }
    guard step.wanted.contains(true) else { return }
    do {
      for (input, pulled) in zip(step.inputs, try pull(cotangent, through: step)) {
        guard let pulled else { continue }
        cotangents[input] = try cotangents[input].map { try combine(.add, $0, pulled) } ?? pulled
      }
    } catch let error as GraphError {
      throw error
    } catch {
      throw .failed(node: "the pullback of \(step.node.label)", reason: "\(error)")
    }
  }

  private func pull(_ cotangent: NDArray, through step: PlannedStep) throws -> [NDArray?] {
    func derivative(_ cotangent: NDArray) throws -> [NDArray?] {
      try step.node.op.pullback(cotangent, at: trace.linearizationPoint(of: step))
    }
    func pass(_ cotangent: NDArray) throws -> [NDArray?] {
      let shapes = trace.plan.values.shapes
      let main = step.inputs.indices.first { step.wanted[$0] && shapes[step.inputs[$0]] == cotangent.shape }
      guard let main else {
        throw GraphError.uncrossable(node: step.node.label)
      }
      return step.inputs.indices.map { $0 == main ? cotangent : nil }
    }
    return switch crossing(step) {
    case .derivative: try derivative(cotangent)
    case .derivativeOfPositive: try derivative(rectified(cotangent))
    case .positive: try pass(rectified(cotangent))
    case .replaced(let transform): try pass(transform(cotangent))
    }
  }
}

extension Plan {
  /// The position right after the step that computes `id`, zero for an input; `nil` where the outputs ignore it.
  fileprivate func positionAfter(_ id: ValueID) -> Int? {
    inputs.contains(id) ? 0 : steps.lastIndex { $0.output == id }.map { $0 + 1 }
  }
}
