import Kernels

/// `c' = f ⊙ c + i ⊙ g(a_c)` and `h' = o ⊙ k(c')`, with `a = x + R·h + b` and the gates `i = σ(a_i + p_i ⊙ c)`,
/// `f = σ(a_f + p_f ⊙ c)`, `o = σ(a_o + p_o ⊙ c')`.
struct LSTMStep: RecurrentStep {
  private let weights: RecurrentWeights
  private let peepholes: [Float]
  private let gate: GateFunction
  private let candidate: GateFunction
  private let output: GateFunction
  private let couplesGates: Bool

  init(
    _ weights: RecurrentWeights, peepholes: [Float], gate: GateFunction, candidate: GateFunction,
    output: GateFunction, couplesGates: Bool
  ) {
    (self.weights, self.peepholes, self.couplesGates) = (weights, peepholes, couplesGates)
    (self.gate, self.candidate, self.output) = (gate, candidate, output)
  }

  /// What goes on in one unit: the arguments of its functions and its cell.
  private struct Unit {
    let input: Float, output: Float, forget: Float, candidate: Float
    let cell: Float
  }

  /// The arguments without peepholes, `[N, 4H]`.
  private func arguments(_ sums: ArraySlice<Float>, _ before: RecurrentState) throws -> [Float] {
    zip(sums, try weights.product(before.output)).map(+)
  }

  private func unit(_ arguments: [Float], _ before: RecurrentState, _ place: Int) -> Unit {
    let units = weights.units, unit = place % units, first = place / units * 4 * units + unit
    let old = before.cell[place]
    let input = arguments[first] + peepholes[unit] * old
    let forget = arguments[first + 2 * units] + peepholes[2 * units + unit] * old
    let candidate = arguments[first + 3 * units]
    let passed = gate.value(input)
    let kept = couplesGates ? 1 - passed : gate.value(forget)
    let cell = kept * old + passed * self.candidate.value(candidate)
    return Unit(
      input: input, output: arguments[first + units] + peepholes[units + unit] * cell, forget: forget,
      candidate: candidate, cell: cell)
  }

  func advance(_ sums: ArraySlice<Float>, _ before: RecurrentState) throws -> RecurrentState {
    let arguments = try arguments(sums, before)
    var after = before
    for place in before.cell.indices {
      let unit = unit(arguments, before, place)
      after.cell[place] = unit.cell
      after.output[place] = gate.value(unit.output) * output.value(unit.cell)
    }
    return after
  }

  func retreat(
    _ sums: ArraySlice<Float>, _ before: RecurrentState, from cotangent: RecurrentState
  ) throws -> (sums: [Float], state: RecurrentState) {
    let arguments = try arguments(sums, before), units = weights.units
    var pulled = arguments
    var state = before
    for place in before.cell.indices {
      let (unit, index) = (unit(arguments, before, place), place % units)
      let (v, old) = (cotangent.output[place], before.cell[place])
      let toOutput = v * output.value(unit.cell) * gate.derivative(unit.output)
      let toCell =
        cotangent.cell[place] + v * gate.value(unit.output) * output.derivative(unit.cell)
        + toOutput * peepholes[units + index]
      let proposal = candidate.value(unit.candidate), passed = gate.value(unit.input)
      let toInput = toCell * (couplesGates ? proposal - old : proposal) * gate.derivative(unit.input)
      let toForget = couplesGates ? 0 : toCell * old * gate.derivative(unit.forget)
      let first = place / units * 4 * units + index
      pulled[first] = toInput
      pulled[first + units] = toOutput
      pulled[first + 2 * units] = toForget
      pulled[first + 3 * units] = toCell * passed * candidate.derivative(unit.candidate)
      state.cell[place] =
        toCell * (couplesGates ? 1 - passed : gate.value(unit.forget)) + toInput * peepholes[index]
        + toForget * peepholes[2 * units + index]
    }
    state.output = try weights.pullback(pulled)
    return (pulled, state)
  }
}
