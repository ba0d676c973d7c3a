import Kernels

extension Plan {
  /// The bytes that one run for the outputs alone takes for its values, the inputs included.
  ///
  /// Memory is given out and taken back as the buffer pool does it: what no later value of about the same size reuses
  /// stays held. Scratch memory of the kernels is not counted, nor are weights.
  public var workingBytes: Int {
    var ledger = Ledger(values)
    run(predicting, in: &ledger) { outputs.contains($0) }
    return ledger.held
  }

  /// The bytes that one run and the walk back to its inputs take for values and cotangents, where the walk gives up each
  /// value once it has passed it.
  public var gradientBytes: Int {
    var ledger = Ledger(values)
    run(tracing, in: &ledger) { isKept[$0] }
    var hasCotangent = Set(outputs)
    for output in outputs { ledger.take(output) }
    for step in steps.reversed() where hasCotangent.contains(step.output) {
      for (input, isWanted) in zip(step.inputs, step.wanted) where isWanted && hasCotangent.insert(input).inserted {
        ledger.take(input)
      }
      ledger.give(step.output)
      if isKept[step.output] { ledger.give(step.output) }
    }
    return ledger.held
  }

  private func run(_ schedule: Schedule, in ledger: inout Ledger, keeping isKept: (ValueID) -> Bool) {
    for input in inputs { ledger.take(input) }
    for (index, call) in schedule.calls.enumerated() {
      ledger.take(call.output)
      for input in Set(call.inputs)
      where schedule.lastUse[input] == index && values.constants[input] == nil && !isKept(input) {
        ledger.give(input)
      }
    }
  }
}

/// What the buffer pool would hold.
private struct Ledger {
  private(set) var held = 0
  private var free: [Int: Int] = [:]
  private let values: ValueTable

  init(_ values: ValueTable) { self.values = values }

  /// Sets memory aside for an array of a value's shape.
  mutating func take(_ value: ValueID) {
    let capacity = capacity(of: value)
    if let count = free[capacity], count > 0 { free[capacity] = count - 1 } else { held += capacity }
  }

  mutating func give(_ value: ValueID) { free[capacity(of: value), default: 0] += 1 }

  private func capacity(of value: ValueID) -> Int {
    BufferPool.capacity(for: MemoryLayout<Float>.stride * values.shapes[value].reduce(1, *))
  }
}
