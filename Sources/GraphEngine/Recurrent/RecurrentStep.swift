import Kernels

/// What a recurrent layer carries from step to step, each `[N, H]`; cells are empty where there are none.
struct RecurrentState {
  var output: [Float]
  var cell: [Float]
}

/// One step of a recurrent layer, and its vector–Jacobian product.
protocol RecurrentStep {
  /// - Parameters:
  ///   - sums: what the inputs add to each gate, `[N, G·H]`.
  ///   - before: the state before the step.
  /// - Returns: The state after it.
  /// - Throws: What the product of matrices throws.
  func advance(_ sums: ArraySlice<Float>, _ before: RecurrentState) throws -> RecurrentState

  /// The cotangents of the sums and of the state before, given those of the state after.
  func retreat(
    _ sums: ArraySlice<Float>, _ before: RecurrentState, from cotangent: RecurrentState
  ) throws -> (sums: [Float], state: RecurrentState)
}

/// Recurrent weights `[G·H, H]` and their bias.
struct RecurrentWeights {
  let matrix: NDArray
  let bias: [Float]
  let units: Int

  init(_ matrix: NDArray, bias: [Float]) {
    self.matrix = matrix
    self.bias = bias
    units = matrix.shape[1]
  }

  /// `R·h + b` for each row, `[N, G·H]`.
  func product(_ h: [Float]) throws -> [Float] {
    let width = bias.count
    var sums = try matrixProduct(NDArray(h, shape: [h.count / units, units]), matrix, transposeB: true).scalars
    for place in sums.indices { sums[place] += bias[place % width] }
    return sums
  }

  /// `Rᵀ·v` for each row, `[N, H]`.
  func pullback(_ v: [Float]) throws -> [Float] {
    try matrixProduct(NDArray(v, shape: [v.count / bias.count, bias.count]), matrix).scalars
  }

  /// The weights of some gates.
  func gates(_ range: Range<Int>) throws -> RecurrentWeights {
    let rows = (range.lowerBound * units)..<(range.upperBound * units)
    let part = try sliced(matrix, starts: [rows.lowerBound, 0], ends: [rows.upperBound, units], steps: [1, 1])
    return RecurrentWeights(part, bias: Array(bias[rows]))
  }
}

/// An activation function of a gate, whose argument may be cut off.
struct GateFunction {
  let function: UnaryFunction
  let bound: Float

  func value(_ x: Float) -> Float { function.value(min(max(x, -bound), bound)) }

  func derivative(_ x: Float) -> Float { abs(x) < bound ? function.derivative(x) : 0 }
}

extension UnaryFunction {
  /// The function of an argument cut off at a bound.
  func clipped(_ bound: Float?) -> GateFunction { GateFunction(function: self, bound: bound ?? .infinity) }
}
