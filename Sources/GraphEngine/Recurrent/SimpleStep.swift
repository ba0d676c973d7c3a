import Kernels

/// `h' = f(x + R·h + b)`. (Elman, Cognitive Science 1990.)
struct SimpleStep: RecurrentStep {
  private let weights: RecurrentWeights
  private let function: GateFunction

  init(_ weights: RecurrentWeights, _ function: GateFunction) { (self.weights, self.function) = (weights, function) }

  func advance(_ sums: ArraySlice<Float>, _ before: RecurrentState) throws -> RecurrentState {
    let arguments = zip(sums, try weights.product(before.output)).map(+)
    return RecurrentState(output: arguments.map(function.value), cell: [])
  }

  func retreat(
    _ sums: ArraySlice<Float>, _ before: RecurrentState, from cotangent: RecurrentState
  ) throws -> (sums: [Float], state: RecurrentState) {
    let arguments = zip(sums, try weights.product(before.output)).map(+)
    let pulled = zip(cotangent.output, arguments).map { $0 * function.derivative($1) }
    return (pulled, RecurrentState(output: try weights.pullback(pulled), cell: []))
  }
}
