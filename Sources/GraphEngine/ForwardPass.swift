public import Kernels
import Synchronization

extension Plan {
  /// The outputs for these inputs; every other value is freed at its last use.
  public func outputs(for arrays: [NDArray]) throws -> [NDArray] {
    var known = try start(with: arrays)
    try engine.run { try run(predicting, &known) { outputs.contains($0) } }
    return outputs.map { known[$0]! }
  }

  /// Runs the network, keeping the values that pullbacks need.
  public func trace(_ arrays: [NDArray]) throws -> Trace {
    var known = try start(with: arrays)
    try engine.run { try run(tracing, &known) { isKept[$0] } }
    return Trace(plan: self, values: known)
  }

  private func start(with arrays: [NDArray]) throws(GraphError) -> [NDArray?] {
    for (id, array) in zip(inputs, arrays) where array.shape != values.shapes[id] {
      throw .wrongInput(name: values.names[id], expected: values.shapes[id], given: array.shape)
    }
    guard inputs.count == arrays.count else {
      let id = inputs[min(arrays.count, inputs.count - 1)]
      throw .wrongInput(name: values.names[id], expected: values.shapes[id], given: [])
    }
    var known = values.constants
    for (id, array) in zip(inputs, arrays) { known[id] = array }
    return known
  }

  private func run(_ schedule: Schedule, _ known: inout [NDArray?], keeping isKept: (ValueID) -> Bool) throws {
    for (index, call) in schedule.calls.enumerated() {
      known[call.output] = try call.run(known)
      for input in call.inputs where schedule.lastUse[input] == index && isFreed(input) && !isKept(input) {
        known[input] = nil
      }
    }
  }

  /// Whether a value is the pass's to free: constants belong to the plan.
  private func isFreed(_ value: ValueID) -> Bool { values.constants[value] == nil }
}

extension PlannedStep {
  func forward(_ known: [NDArray?]) throws(GraphError) -> NDArray {
    do {
      return try node.op.forward(zip(inputs, wanted).map { $1 ? operand(known[$0]!) : known[$0]! })
    } catch {
      throw .failed(node: node.label, reason: "\(error)")
    }
  }
}

/// One recorded run of a network: the values its pullbacks need, and the means to compute the others again.
public final class Trace: Sendable {
  /// The plan that was run.
  public let plan: Plan
  private let values: Mutex<[NDArray?]>

  init(plan: Plan, values: [NDArray?]) {
    self.plan = plan
    self.values = Mutex(values)
  }

  /// The value of this name, recomputed from the nearest ones kept if need be.
  ///
  /// - Throws: ``GraphError/noSuchValue(_:)``.
  public func value(named name: String) throws -> NDArray {
    guard let id = plan.values.ids[name] else { throw GraphError.noSuchValue(name) }
    return try value(id)
  }

  func value(_ id: ValueID) throws(GraphError) -> NDArray {
    var known = values.withLock { $0 }
    if let value = known[id] { return value }
    try plan.engine.run { () throws(GraphError) in
      for step in plan.recomputation(of: id, isKnown: { known[$0] != nil }) {
        known[step.output] = try step.forward(known)
      }
    }
    let result = known[id]!
    values.withLock { $0[id] = result }
    return result
  }

  /// A value that was not kept, from the nearest ones kept or in `others`, which get what lies between.
  func recompute(_ id: ValueID, with others: inout [ValueID: NDArray]) throws(GraphError) -> NDArray {
    var known = values.withLock { $0 }
    for (other, array) in others { known[other] = array }
    for step in plan.recomputation(of: id, isKnown: { known[$0] != nil }) {
      let array = try step.forward(known)
      (known[step.output], others[step.output]) = (array, array)
    }
    return known[id]!
  }

  /// What the forward pass kept for the pullback of `step`.
  func linearizationPoint(of step: PlannedStep) -> LinearizationPoint {
    let needs = step.node.op.pullbackNeeds, constants = plan.values.constants
    return values.withLock { known in
      LinearizationPoint(
        inputs: step.inputs.map { needs == .inputs ? known[$0] : constants[$0] },
        output: needs == .output ? known[step.output] : nil,
        inputShapes: step.inputs.map { plan.values.shapes[$0] },
        outputShape: plan.values.shapes[step.output],
        wanted: step.wanted)
    }
  }

  /// Gives up what the forward pass kept of a value.
  func release(_ id: ValueID) { values.withLock { $0[id] = nil } }

  /// What the forward pass kept of a value, if it did.
  func kept(_ id: ValueID) -> NDArray? { values.withLock { $0[id] } }
}

extension Plan {
  /// The steps that lead from known values to `id`, in order.
  fileprivate func recomputation(of id: ValueID, isKnown: (ValueID) -> Bool) -> [PlannedStep] {
    var isNeeded = [Bool](repeating: false, count: values.count)
    isNeeded[id] = true
    var result: [PlannedStep] = []
    for step in (steps + unusedSteps).reversed() where isNeeded[step.output] && !isKnown(step.output) {
      result.append(step)
      for input in step.inputs { isNeeded[input] = true }
    }
    return result.reversed()
  }
}
