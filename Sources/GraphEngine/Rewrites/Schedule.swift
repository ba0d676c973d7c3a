import Kernels

/// The steps of a plan as they are run: those that one kernel can do in one go are done in one go.
///
/// The plan's steps stay what rules, pullbacks and readers of values see. A value that nobody but the next step of its
/// run reads is never written to memory; whoever asks for it later has it computed then.
struct Schedule: Sendable {
  let calls: [KernelCall]
  /// For each value, the last call that reads it; -1 if none does.
  let lastUse: [Int]

  /// Schedules `steps`; what `isKept` names must be there after the run.
  init(_ steps: [PlannedStep], values: ValueTable, rewriting: Bool, keeping isKept: @escaping (ValueID) -> Bool) {
    var search = RunSearch(steps, values: values, isKept: isKept)
    let calls = rewriting ? search.calls() : steps.map(KernelCall.init)
    var lastUse = [Int](repeating: -1, count: values.count)
    for (index, call) in calls.enumerated() { for input in call.inputs { lastUse[input] = index } }
    (self.calls, self.lastUse) = (calls, lastUse)
  }
}

/// One call of a kernel, which computes one value from others.
struct KernelCall: Sendable {
  let inputs: [ValueID]
  let output: ValueID
  let run: @Sendable (_ known: [NDArray?]) throws(GraphError) -> NDArray

  /// A step as it is.
  init(_ step: PlannedStep) {
    (inputs, output) = (step.inputs, step.output)
    run = { known throws(GraphError) in try step.forward(known) }
  }

  /// Several steps as one.
  init(
    _ inputs: [ValueID], to last: PlannedStep, run: @escaping @Sendable (_ known: [NDArray?]) throws -> NDArray
  ) {
    (self.inputs, output) = (inputs, last.output)
    self.run = { known throws(GraphError) in
      do {
        return try run(known)
      } catch {
        throw .failed(node: last.node.label, reason: "\(error)")
      }
    }
  }
}
