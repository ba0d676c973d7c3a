import Kernels

/// Finds the steps that one kernel can do together.
struct RunSearch {
  let steps: [PlannedStep]
  let values: ValueTable
  /// Whether a value must be there after the run.
  let isKept: (ValueID) -> Bool
  /// For each value, the steps that read it, once per reading.
  private let readers: [[Int]]
  private var isAbsorbed: [Bool]

  init(_ steps: [PlannedStep], values: ValueTable, isKept: @escaping (ValueID) -> Bool) {
    (self.steps, self.values, self.isKept) = (steps, values, isKept)
    var readers = [[Int]](repeating: [], count: values.count)
    for (index, step) in steps.enumerated() { for input in step.inputs { readers[input].append(index) } }
    self.readers = readers
    isAbsorbed = steps.map { _ in false }
  }

  /// The calls in order, each in the place of its last step: by then all that it reads is there.
  mutating func calls() -> [KernelCall] {
    var calls: [Int: KernelCall] = [:]
    for index in steps.indices where !isAbsorbed[index] {
      guard let run = convolutionRun(from: index) ?? gateRun(from: index) else { continue }
      for absorbed in run.steps { isAbsorbed[absorbed] = true }
      calls[run.steps.max()!] = run.call
    }
    return steps.indices.compactMap { calls[$0] ?? (isAbsorbed[$0] ? nil : KernelCall(steps[$0])) }
  }

  /// The only step that reads `value`, where the value is needed for nothing else.
  func onlyReader(of value: ValueID) -> Int? {
    guard !isKept(value), readers[value].count == 1, !isAbsorbed[readers[value][0]] else { return nil }
    return readers[value][0]
  }

  /// The gate `x · sigmoid(x)` as exporters spell it: its two steps and the function they make together.
  func gate(on value: ValueID) -> (steps: [Int], function: UnaryFunction)? {
    guard Set(readers[value]).count == 2, readers[value].count == 2, let first = readers[value].min(),
      !isAbsorbed[first], let product = onlyReader(of: steps[first].output), readers[value].contains(product),
      let whole = GatedActivation(product: steps[product], producer: { $0 == steps[first].output ? steps[first] : nil })
    else { return nil }
    return ([first, product], whole.function)
  }

  private func gateRun(from index: Int) -> (steps: [Int], call: KernelCall)? {
    guard let value = steps[index].inputs.first, let gate = gate(on: value), gate.steps[0] == index else { return nil }
    let call = KernelCall([value], to: steps[gate.steps[1]]) { known in try apply(gate.function, known[value]!) }
    return (gate.steps, call)
  }
}
