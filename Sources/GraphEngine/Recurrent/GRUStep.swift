import Kernels

/// `h' = (1 − z) ⊙ n + z ⊙ h` with the gates `z = f(x_z + R_z·h)`, `r = f(x_r + R_r·h)` and the candidate
/// `n = g(x_n + r ⊙ (R_n·h))`, or `g(x_n + R_n·(r ⊙ h))`; each product has its bias.
struct GRUStep: RecurrentStep {
  private let gates: RecurrentWeights
  private let candidates: RecurrentWeights
  private let gate: GateFunction
  private let candidate: GateFunction
  private let resetsAfterProduct: Bool

  init(
    _ weights: RecurrentWeights, gate: GateFunction, candidate: GateFunction, resetsAfterProduct: Bool
  ) throws {
    gates = try weights.gates(0..<2)
    candidates = try weights.gates(2..<3)
    (self.gate, self.candidate, self.resetsAfterProduct) = (gate, candidate, resetsAfterProduct)
  }

  /// The arguments of the functions for each unit, `[N, H]`, and the product that the reset gate scales or is within.
  private struct Arguments {
    var update: [Float] = [], reset: [Float] = [], candidate: [Float] = [], product: [Float] = []
  }

  private func arguments(_ sums: ArraySlice<Float>, _ h: [Float]) throws -> Arguments {
    let (units, first) = (gates.units, sums.startIndex)
    let products = try gates.product(h)
    var arguments = Arguments()
    for place in h.indices {
      let (row, unit) = (place / units, place % units)
      arguments.update.append(sums[first + row * 3 * units + unit] + products[row * 2 * units + unit])
      arguments.reset.append(sums[first + (row * 3 + 1) * units + unit] + products[(row * 2 + 1) * units + unit])
    }
    let resets = arguments.reset.map(gate.value)
    arguments.product = try candidates.product(resetsAfterProduct ? h : zip(resets, h).map(*))
    arguments.candidate = h.indices.map { place in
      let (row, unit) = (place / units, place % units)
      let own = sums[first + (row * 3 + 2) * units + unit], product = arguments.product[place]
      return own + (resetsAfterProduct ? resets[place] * product : product)
    }
    return arguments
  }

  func advance(_ sums: ArraySlice<Float>, _ before: RecurrentState) throws -> RecurrentState {
    let arguments = try arguments(sums, before.output)
    let output = before.output.indices.map { place in
      let z = gate.value(arguments.update[place])
      return (1 - z) * candidate.value(arguments.candidate[place]) + z * before.output[place]
    }
    return RecurrentState(output: output, cell: [])
  }

  func retreat(
    _ sums: ArraySlice<Float>, _ before: RecurrentState, from cotangent: RecurrentState
  ) throws -> (sums: [Float], state: RecurrentState) {
    let (h, v, units) = (before.output, cotangent.output, gates.units)
    let arguments = try arguments(sums, h)
    let z = arguments.update.map(gate.value), r = arguments.reset.map(gate.value)
    let toCandidate = h.indices.map { v[$0] * (1 - z[$0]) * candidate.derivative(arguments.candidate[$0]) }
    let toUpdate = h.indices.map { place in
      v[place] * (h[place] - candidate.value(arguments.candidate[place])) * gate.derivative(arguments.update[place])
    }
    // What goes back through R_n: to h itself, or to the product of h and the reset gate.
    let through = try candidates.pullback(resetsAfterProduct ? zip(toCandidate, r).map(*) : toCandidate)
    let toReset = h.indices.map { place in
      let slope = resetsAfterProduct ? toCandidate[place] * arguments.product[place] : through[place] * h[place]
      return slope * gate.derivative(arguments.reset[place])
    }
    var (pulled, toGates): ([Float], [Float]) = ([], [])
    for start in stride(from: 0, to: h.count, by: units) {
      let row = start..<(start + units)
      toGates += toUpdate[row] + toReset[row]
      pulled += toUpdate[row] + toReset[row] + toCandidate[row]
    }
    let throughGates = try gates.pullback(toGates)
    let output = h.indices.map { place in
      v[place] * z[place] + throughGates[place] + (resetsAfterProduct ? through[place] : through[place] * r[place])
    }
    return (pulled, RecurrentState(output: output, cell: []))
  }
}
