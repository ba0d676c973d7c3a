public import Kernels

/// A recurrent layer, one way along its sequence: LSTM, GRU or a simple network of Elman's kind.
///
/// Inputs: the sequence with the input weights and biases applied, `[T, N, G·H]` for `G` gates of `H` units; the
/// recurrent weights `[G·H, H]` and bias `[G·H]`; the state at the start `[N, H]`; for an LSTM further its cell `[N, H]`
/// and the peepholes `[3H]` of the input, output and forget gates. Output: what the units put out at each step,
/// `[T, N, H]`, whichever way the sequence is walked.
///
/// Gates come in ONNX's order: input, output, forget, candidate; update, reset, candidate. (ONNX `LSTM`, `GRU`, `RNN`.)
public struct Recurrence: Operator {
  /// What happens at one step.
  public enum Cell: Hashable, Sendable {
    /// `h = f(x + R·h)`.
    case simple(UnaryFunction)
    /// Cho et al., 2014, arXiv:1406.1078; where the reset gate comes after the product, as cuDNN, PyTorch and Keras have
    /// it, `n = g(x + r ⊙ (R·h + b))`, before it `n = g(x + R·(r ⊙ h) + b)`.
    case gru(gate: UnaryFunction, candidate: UnaryFunction, resetsAfterProduct: Bool)
    /// Hochreiter & Schmidhuber, 1997; Gers & Schmidhuber, 2000 (peepholes). Where gates are coupled, the forget gate is
    /// what the input gate leaves.
    case lstm(gate: UnaryFunction, candidate: UnaryFunction, output: UnaryFunction, couplesGates: Bool)
  }

  /// Which of the states is put out; only an LSTM has cells.
  public enum Result: Hashable, Sendable { case outputs, cells }

  /// What happens at one step.
  public let cell: Cell
  /// Which of the states is put out.
  public let result: Result
  /// Whether the sequence is walked from its end.
  public let isReversed: Bool
  /// How many steps each sequence has, all where `nil`: beyond them the output is zero and the state stays.
  public let lengths: [Int]?
  /// What the arguments of activation functions are cut off at, to either side.
  public let clip: Float?

  /// A recurrent layer.
  public init(
    _ cell: Cell, result: Result = .outputs, isReversed: Bool = false, lengths: [Int]? = nil, clip: Float? = nil
  ) {
    self.cell = cell
    self.result = result
    self.isReversed = isReversed
    self.lengths = lengths
    self.clip = clip
  }

  public var name: String {
    switch cell {
    case .simple: "RNN"
    case .gru: "GRU"
    case .lstm: "LSTM"
    }
  }

  /// How many sums each unit forms.
  public var gates: Int {
    switch cell {
    case .simple: 1
    case .gru: 3
    case .lstm: 4
    }
  }

  private var hasCells: Bool { if case .lstm = cell { true } else { false } }

  public func outputShape(of inputs: [[Int]]) throws -> [Int] {
    guard inputs.count == (hasCells ? 6 : 4), inputs[0].count == 3, let units = inputs[3].last, units > 0 else {
      throw ShapeError("it takes a sequence, weights, a bias and a state")
    }
    let (steps, rows, width) = (inputs[0][0], inputs[0][1], gates * units)
    let states = hasCells ? [inputs[3], inputs[4]] : [inputs[3]]
    guard inputs[0][2] == width, inputs[1] == [width, units], inputs[2] == [width],
      states.allSatisfy({ $0 == [rows, units] }), !hasCells || inputs[5] == [3 * units]
    else { throw ShapeError("its weights do not fit \(units) units") }
    if let lengths, lengths.count != rows || !lengths.allSatisfy((0...steps).contains) {
      throw ShapeError("its \(rows) sequences have at most \(steps) steps")
    }
    return [steps, rows, units]
  }

  public func forward(_ inputs: [NDArray]) throws -> NDArray {
    let shape = try outputShape(of: inputs.map(\.shape))
    let sequence = inputs[0].scalars
    let walked = try states(of: sequence, inputs, shape)
    return NDArray(walked.output, shape: shape)
  }

  /// Walks the sequence: the states before each step, in the order of steps, and what is put out.
  private func states(
    of sequence: [Float], _ inputs: [NDArray], _ shape: [Int]
  ) throws -> (before: [RecurrentState], output: [Float]) {
    let step = try step(of: inputs)
    let (rows, units) = (shape[1], shape[2])
    var state = RecurrentState(output: inputs[3].scalars, cell: hasCells ? inputs[4].scalars : [])
    var before = [RecurrentState](repeating: state, count: shape[0])
    var output = [Float](repeating: 0, count: shape.reduce(1, *))
    for t in order(of: shape[0]) {
      before[t] = state
      let after = try step.advance(sums(at: t, of: sequence, shape), state)
      for row in 0..<rows where isRunning(row, at: t) {
        let range = (row * units)..<((row + 1) * units)
        state.output.replaceSubrange(range, with: after.output[range])
        if hasCells { state.cell.replaceSubrange(range, with: after.cell[range]) }
        let start = (t * rows + row) * units
        output.replaceSubrange(
          start..<(start + units), with: result == .outputs ? after.output[range] : after.cell[range])
      }
    }
    return (before, output)
  }

  private func sums(at t: Int, of sequence: [Float], _ shape: [Int]) -> ArraySlice<Float> {
    let width = shape[1] * shape[2] * gates
    return sequence[(t * width)..<((t + 1) * width)]
  }

  private func order(of steps: Int) -> [Int] { isReversed ? (0..<steps).reversed() : Array(0..<steps) }

  private func isRunning(_ row: Int, at t: Int) -> Bool { lengths.map { t < $0[row] } ?? true }

  private func step(of inputs: [NDArray]) throws -> any RecurrentStep {
    let weights = RecurrentWeights(inputs[1], bias: inputs[2].scalars)
    switch cell {
    case .simple(let function): return SimpleStep(weights, function.clipped(clip))
    case .gru(let gate, let candidate, let resetsAfterProduct):
      return try GRUStep(
        weights, gate: gate.clipped(clip), candidate: candidate.clipped(clip), resetsAfterProduct: resetsAfterProduct)
    case .lstm(let gate, let candidate, let output, let couplesGates):
      return LSTMStep(
        weights, peepholes: inputs[5].scalars, gate: gate.clipped(clip), candidate: candidate.clipped(clip),
        output: output.clipped(clip), couplesGates: couplesGates)
    }
  }

  public var pullbackNeeds: PullbackNeeds { .inputs }

  /// Back through time: the walk is repeated, and then each step undone from the last to the first.
  public func pullback(_ cotangent: NDArray, at point: LinearizationPoint) throws -> [NDArray?] {
    for index in [1, 2] + (hasCells ? [5] : []) { _ = try point.constant(index, of: self) }
    let inputs = point.inputShapes.indices.map(point.input), shape = point.outputShape
    let (rows, units) = (shape[1], shape[2])
    let sequence = inputs[0].scalars, above = cotangent.scalars
    let walked = try states(of: sequence, inputs, shape)
    let step = try step(of: inputs)
    var pulled = [Float](repeating: 0, count: sequence.count)
    let zeros = [Float](repeating: 0, count: rows * units)
    var below = RecurrentState(output: zeros, cell: hasCells ? zeros : [])
    for t in order(of: shape[0]).reversed() {
      var here = below
      for row in 0..<rows {
        for place in (row * units)..<((row + 1) * units) {
          if !isRunning(row, at: t) {
            here.output[place] = 0
            if hasCells { here.cell[place] = 0 }
          } else if result == .outputs {
            here.output[place] += above[t * rows * units + place]
          } else {
            here.cell[place] += above[t * rows * units + place]
          }
        }
      }
      let undone = try step.retreat(sums(at: t, of: sequence, shape), walked.before[t], from: here)
      pulled.replaceSubrange((t * rows * units * gates)..<((t + 1) * rows * units * gates), with: undone.sums)
      for row in 0..<rows where isRunning(row, at: t) {
        let range = (row * units)..<((row + 1) * units)
        below.output.replaceSubrange(range, with: undone.state.output[range])
        if hasCells { below.cell.replaceSubrange(range, with: undone.state.cell[range]) }
      }
    }
    let toInputs =
      [NDArray(pulled, shape: inputs[0].shape), nil, nil, NDArray(below.output, shape: [rows, units])]
      + (hasCells ? [NDArray(below.cell, shape: [rows, units]), nil] : [])
    return zip(toInputs, point.wanted).map { $1 ? $0 : nil }
  }

  public func multiplyAdds(of inputs: [[Int]], output: [Int]) -> Int { output.reduce(1, *) * inputs[1][0] }

  public var kind: OperatorKind { .other }

  public func placeFlow(of inputs: [[Int]]) -> PlaceFlow { .mixes(axes: [0, 2]) }

  public func influence(of inputs: [[Int]]) -> [Influence] {
    [.lines(axes: [0, 2])] + inputs.dropFirst().map { _ in .everything }
  }

  public func isAffine(in input: Int) -> Bool { false }

  public func keepsSilentChannels(of shape: [Int]) -> Bool { false }
}
