import GraphEngine
import Kernels

/// `LSTM`, `GRU` and `RNN`: the input weights as a matrix product, then the walk along the sequence, for each direction.
extension OperatorTable {
  static func longShortTermMemory(_ call: OperatorCall, _ graph: inout Lowering) throws(ONNXError) -> [Value] {
    let couplesGates = try call.attributes.flag("input_forget")
    return try recurrent(call, gates: 4, functions: ["Sigmoid", "Tanh", "Tanh"], &graph) { f in
      .lstm(gate: f[0], candidate: f[1], output: f[2], couplesGates: couplesGates)
    }
  }

  static func gatedRecurrentUnit(_ call: OperatorCall, _ graph: inout Lowering) throws(ONNXError) -> [Value] {
    let resetsAfterProduct = try call.attributes.flag("linear_before_reset")
    return try recurrent(call, gates: 3, functions: ["Sigmoid", "Tanh"], &graph) { f in
      .gru(gate: f[0], candidate: f[1], resetsAfterProduct: resetsAfterProduct)
    }
  }

  static func simpleRecurrence(_ call: OperatorCall, _ graph: inout Lowering) throws(ONNXError) -> [Value] {
    try recurrent(call, gates: 1, functions: ["Tanh"], &graph) { .simple($0[0]) }
  }

  /// All outputs the file asks for: the sequence, the last states, the last cells.
  private static func recurrent(
    _ call: OperatorCall, gates: Int, functions: [String], _ graph: inout Lowering,
    cell: ([UnaryFunction]) -> Recurrence.Cell
  ) throws(ONNXError) -> [Value] {
    let layer = try RecurrentLayer(call, gates: gates, functions: functions)
    let hasCells = gates == 4
    var (sequences, states, cells): ([Value], [Value], [Value]) = ([], [], [])
    let input = try layer.sequence(for: call, &graph)
    for direction in layer.isReversed.indices {
      let inputs = try layer.inputs(direction, input, hasCells: hasCells, for: call, &graph)
      func walked(_ result: Recurrence.Result, _ graph: inout Lowering) throws(ONNXError) -> Value {
        let op = Recurrence(
          cell(layer.functions[direction]), result: result, isReversed: layer.isReversed[direction],
          lengths: layer.lengths, clip: layer.clip)
        return try graph.add(op, inputs, for: call)
      }
      let sequence = try walked(.outputs, &graph)
      sequences.append(sequence)
      if call.hasOutput(1) { states.append(try layer.last(of: sequence, direction, for: call, &graph)) }
      if call.hasOutput(2), hasCells {
        cells.append(try layer.last(of: try walked(.cells, &graph), direction, for: call, &graph))
      }
    }
    var results = [try layer.stacked(sequences, axis: 1, order: [2, 0, 1, 3], for: call, &graph)]
    if let first = states.first ?? cells.first {
      let all = states.isEmpty ? [first] : states
      results.append(try layer.stacked(all, axis: 0, order: [1, 0, 2], for: call, &graph))
    }
    if !cells.isEmpty { results.append(try layer.stacked(cells, axis: 0, order: [1, 0, 2], for: call, &graph)) }
    return results
  }
}

/// What a recurrent node says of itself.
private struct RecurrentLayer {
  /// For each direction, whether the sequence is walked from its end.
  let isReversed: [Bool]
  /// For each direction, the functions of the gates.
  let functions: [[UnaryFunction]]
  let clip: Float?
  let lengths: [Int]?
  let isBatchFirst: Bool
  let gates: Int
  let steps: Int, rows: Int, width: Int, units: Int
  private let weights: Constant, recurrentWeights: Constant, bias: Constant?

  init(_ call: OperatorCall, gates: Int, functions names: [String]) throws(ONNXError) {
    switch try call.attributes.string("direction") ?? "forward" {
    case "forward": isReversed = [false]
    case "reverse": isReversed = [true]
    case "bidirectional": isReversed = [false, true]
    case let other: throw call.malformed("its direction is '\(other)'")
    }
    self.gates = gates
    let directions = isReversed.count
    functions = try call.gateFunctions(names, directions: directions)
    clip = try call.attributes.real("clip")
    isBatchFirst = try call.attributes.flag("layout")
    let shape = try call.input(0).shape
    guard shape.count == 3, let weights = try call.constant(1, "its weights"),
      let recurrentWeights = try call.constant(2, "its recurrent weights"), weights.shape.count == 3
    else { throw call.malformed("it must have a sequence [steps, images, channels] and weights") }
    (steps, rows, width) = isBatchFirst ? (shape[1], shape[0], shape[2]) : (shape[0], shape[1], shape[2])
    units = weights.shape[1] / gates
    (self.weights, self.recurrentWeights) = (weights, recurrentWeights)
    bias = try call.constant(3, "its bias")
    let (steps, rows, count) = (steps, rows, gates * units)
    guard units > 0, weights.shape == [directions, count, width], recurrentWeights.shape == [directions, count, units],
      bias == nil || bias?.shape == [directions, 2 * count]
    else { throw call.malformed("its weights do not fit a sequence \(spelled(shape))") }
    let given = try call.integers(4, "the sequences' lengths")
    lengths = given.flatMap { $0.allSatisfy { $0 == steps } && $0.count == rows ? nil : $0 }
    if let lengths, lengths.count != rows || !lengths.allSatisfy((0...steps).contains) {
      throw call.malformed("its \(rows) sequences have \(steps) steps at most")
    }
  }

  /// The sequence with its steps first.
  func sequence(for call: OperatorCall, _ graph: inout Lowering) throws(ONNXError) -> Value {
    let x = try call.input(0)
    return isBatchFirst ? try graph.add(Transpose(permutation: [1, 0, 2]), [x], for: call) : x
  }

  /// What the walk of a direction reads.
  func inputs(
    _ direction: Int, _ x: Value, hasCells: Bool, for call: OperatorCall, _ graph: inout Lowering
  ) throws(ONNXError) -> [Value] {
    let rowCount = gates * units
    let turned = try turnedWeights(direction)
    let product = try graph.add(MatrixProduct(), [x, .constant(Constant(reals: turned), name: "")], for: call)
    var (ownBias, recurrentBias) = ([Float](repeating: 0, count: rowCount), [Float](repeating: 0, count: rowCount))
    if let bias {
      let both = bias.reals[(direction * 2 * rowCount)..<((direction + 1) * 2 * rowCount)]
      (ownBias, recurrentBias) = (Array(both.prefix(rowCount)), Array(both.suffix(rowCount)))
    }
    let sums = try graph.add(Arithmetic(.add), [product, real(ownBias, [rowCount])], for: call)
    let recurrent = part(recurrentWeights, direction, [rowCount, units])
    var inputs = [sums, .constant(recurrent, name: ""), real(recurrentBias, [rowCount])]
    inputs.append(try state(5, direction, for: call, &graph))
    guard hasCells else { return inputs }
    inputs.append(try state(6, direction, for: call, &graph))
    guard let peepholes = try call.constant(7, "its peepholes") else {
      return inputs + [real([Float](repeating: 0, count: 3 * units), [3 * units])]
    }
    guard peepholes.shape == [isReversed.count, 3 * units] else {
      throw call.malformed("its peepholes do not fit \(units) units")
    }
    return inputs + [.constant(part(peepholes, direction, [3 * units]), name: "")]
  }

  /// The input weights of a direction as the right factor of a product, made once for all graphs of the model.
  private func turnedWeights(_ direction: Int) throws(ONNXError) -> NDArray {
    weights.array.derived("direction \(direction)", from: []) {
      let scalars = weights.reals, rowCount = gates * units, start = direction * rowCount * width
      let turned = (0..<(width * rowCount)).map { scalars[start + $0 % rowCount * width + $0 / rowCount] }
      return [NDArray(turned, shape: [width, rowCount]).asConstant()]
    }[0]
  }

  private func part(_ constant: Constant, _ direction: Int, _ shape: [Int]) -> Constant {
    let count = shape.reduce(1, *)
    return constant.picking(Array((direction * count)..<((direction + 1) * count)), shape: shape)
  }

  private func real(_ scalars: [Float], _ shape: [Int]) -> Value {
    .constant(Constant(reals: scalars, shape: shape), name: "")
  }

  /// The state that a direction starts from; zero where none is given.
  private func state(
    _ index: Int, _ direction: Int, for call: OperatorCall, _ graph: inout Lowering
  ) throws(ONNXError) -> Value {
    guard let given = call.optionalInput(index) else {
      return real([Float](repeating: 0, count: rows * units), [rows, units])
    }
    let axis = isBatchFirst ? 1 : 0
    let expected = isBatchFirst ? [rows, isReversed.count, units] : [isReversed.count, rows, units]
    guard given.shape == expected else { throw call.malformed("its initial state is \(spelled(given.shape))") }
    return try graph.add(Gather(indices: [direction], indicesShape: [], axis: axis), [given], for: call)
  }

  /// The state after the last step of each sequence, `[N, H]`.
  func last(
    of sequence: Value, _ direction: Int, for call: OperatorCall, _ graph: inout Lowering
  ) throws(ONNXError) -> Value {
    if lengths?.contains(0) == true { throw call.unsupported("one of its sequences is empty") }
    guard !isReversed[direction], let lengths else {
      let step = isReversed[direction] ? 0 : steps - 1
      return try graph.add(Gather(indices: [step], indicesShape: [], axis: 0), [sequence], for: call)
    }
    let places = lengths.enumerated().flatMap { row, length in
      (0..<units).map { ((length - 1) * rows + row) * units + $0 }
    }
    return try graph.add(Picking(places: places, from: sequence.shape, shape: [rows, units]), [sequence], for: call)
  }

  /// The directions along an axis of their own, in the file's order of axes.
  func stacked(
    _ values: [Value], axis: Int, order: [Int], for call: OperatorCall, _ graph: inout Lowering
  ) throws(ONNXError) -> Value {
    var parts: [Value] = []
    for value in values {
      var shape = value.shape
      shape.insert(1, at: axis)
      parts.append(try graph.add(Reshape(to: shape), [value], for: call))
    }
    let joined = parts.count == 1 ? parts[0] : try graph.add(Concatenation(axis: axis), parts, for: call)
    return isBatchFirst ? try graph.add(Transpose(permutation: order), [joined], for: call) : joined
  }
}

extension OperatorCall {
  /// The activation functions of each direction, with the parameters that the file lists in order of those that have some.
  fileprivate func gateFunctions(_ names: [String], directions: Int) throws(ONNXError) -> [[UnaryFunction]] {
    var listed = (0..<directions).flatMap { _ in names }
    if let value = attributes["activations"] {
      guard case .strings(let given) = value, given.count == listed.count else {
        throw malformed("it must name \(listed.count) activation functions")
      }
      listed = given
    }
    var alphas = (try attributes.reals("activation_alpha") ?? [])[...]
    var betas = (try attributes.reals("activation_beta") ?? [])[...]
    var functions: [UnaryFunction] = []
    for name in listed {
      let function: UnaryFunction
      switch name.lowercased() {
      case "sigmoid": function = .sigmoid
      case "tanh": function = .tanh
      case "relu": function = .relu
      case "softsign": function = .softsign
      case "softplus": function = .softplus
      case "leakyrelu": function = .leakyReLU(alphas.popFirst() ?? 0.01)
      case "thresholdedrelu": function = .thresholdedReLU(alphas.popFirst() ?? 1)
      case "elu": function = .elu(alphas.popFirst() ?? 1)
      case "affine": function = .linear(alphas.popFirst() ?? 1, betas.popFirst() ?? 0)
      case "hardsigmoid": function = .hardSigmoid(alpha: alphas.popFirst() ?? 0.2, beta: betas.popFirst() ?? 0.5)
      default: throw unsupported("its activation '\(name)' is not among those that can be computed")
      }
      functions.append(function)
    }
    return stride(from: 0, to: functions.count, by: names.count).map { Array(functions[$0..<($0 + names.count)]) }
  }
}
