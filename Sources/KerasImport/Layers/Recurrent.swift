import GraphEngine
import Kernels

/// `LSTM`, `GRU`, `SimpleRNN` and `Bidirectional`.
extension Layers {
  private static let gates = ["LSTM": 4, "GRU": 3, "SimpleRNN": 1]

  static func recurrentVariables(_ layer: LayerDescription) throws(KerasError) -> [Variable] {
    try variables(of: layer, part: nil)
  }

  static func bidirectionalVariables(_ layer: LayerDescription) throws(KerasError) -> [Variable] {
    try directions(of: layer).flatMapped { (part, inner) throws(KerasError) in try variables(of: inner, part: part) }
  }

  private static func variables(of layer: LayerDescription, part: String?) throws(KerasError) -> [Variable] {
    let names = ["kernel", "recurrent_kernel"] + (try layer.flag("use_bias", default: true) ? ["bias"] : [])
    return names.enumerated().map { index, name in
      let prefix = part.map { $0 + "/" } ?? ""
      return Variable(prefix + name, alias: part == nil ? nil : name, place: prefix + "cell/vars/\(index)")
    }
  }

  /// The two layers of a `Bidirectional` with the parts that archives keep their weights in; the second walks from the end.
  private static func directions(
    of layer: LayerDescription
  ) throws(KerasError) -> [(part: String, layer: LayerDescription)] {
    var result: [(String, LayerDescription)] = []
    for (part, key) in [("forward_layer", "layer"), ("backward_layer", "backward_layer")] {
      // Keras 2 leaves out a second layer that is a copy of the first.
      let json = layer.config[key].isNull ? layer.config["layer"] : layer.config[key]
      let inner = try LayerDescription(json, prefix: layer.path + "/", depth: 0)
      guard gates[inner.className] != nil, !inner.isCustom else {
        throw layer.unsupported("it is put around a \(inner.className)")
      }
      result.append((part, inner))
    }
    return result
  }

  static func recurrent(_ call: LayerCall, _ graph: inout Lowering) throws(KerasError) -> Value {
    let goesBackwards = try call.layer.flag("go_backwards", default: false)
    let walk = try walk(call.layer, part: nil, isReversed: goesBackwards, call, &graph)
    return try finished(walk, reordered: goesBackwards, call, &graph)
  }

  /// Both directions, joined or combined as `merge_mode` says; the second is put back in order.
  static func bidirectional(_ call: LayerCall, _ graph: inout Lowering) throws(KerasError) -> Value {
    var walks: [Value] = []
    for (part, inner) in try directions(of: call.layer) {
      let walk = try walk(inner, part: part, isReversed: part == "backward_layer", call, &graph)
      walks.append(walk)
    }
    let function: BinaryFunction
    switch call.layer.config["merge_mode"].text ?? "none" {
    case "concat":
      let joined = try graph.add(
        Concatenation(axis: walks[0].rank - 1), walks, to: call.inner("joined"), for: call)
      return try finished(joined, reordered: false, call, &graph)
    case "sum", "ave": function = .add
    case "mul": function = .multiply
    default: throw call.unsupported("its directions are not merged")
    }
    var merged = try graph.add(Arithmetic(function), walks, to: call.inner("merged"), for: call)
    if call.layer.config["merge_mode"].text == "ave" {
      merged = try graph.add(ElementwiseFunction(.linear(0.5, 0)), [merged], to: call.inner("mean"), for: call)
    }
    return try finished(merged, reordered: false, call, &graph)
  }

  /// The sequence in Keras' order, images first, or the last state, under the layer's name.
  private static func finished(
    _ walk: Value, reordered: Bool, _ call: LayerCall, _ graph: inout Lowering
  ) throws(KerasError) -> Value {
    guard walk.rank == 3 else { return try graph.add(Identity(), [walk], to: call.output, for: call) }
    var walk = walk
    if reordered {
      let steps = walk.extents[0]
      let turned = Gather(indices: (0..<steps).reversed(), indicesShape: [steps], axis: 0)
      walk = try graph.add(turned, [walk], to: call.inner("turned"), for: call)
    }
    return try graph.add(Transpose(permutation: [1, 0, 2]), [walk], to: call.output, isMoved: false, for: call)
  }

  /// One walk along the sequence: all outputs `[steps, images, units]`, or the last one `[images, units]`.
  private static func walk(
    _ layer: LayerDescription, part: String?, isReversed: Bool, _ call: LayerCall, _ graph: inout Lowering
  ) throws(KerasError) -> Value {
    if call.invocation.keywords["mask"].map({ !$0.tensors.isEmpty }) == true {
      throw call.unsupported("it is given a mask")
    }
    let states = call.tensors(at: 1, or: "initial_state")
    guard let first = call.inputs.first, call.inputs.count == 1 + states.count else {
      throw call.unsupported("it is applied to \(call.inputs.count) tensors")
    }
    let x = try graph.unmoved(first, for: call)
    guard x.rank == 3 else { throw call.malformed("it is applied to \(spelled(x.shape))") }
    let (images, steps, width) = (x.extents[0], x.extents[1], x.extents[2])
    let units = try layer.integer("units"), gates = gates[layer.className] ?? 1, count = gates * units
    let prefix = part.map { $0 + "/" } ?? ""
    let order = gates == 4 ? [0, 3, 1, 2] : Array(0..<gates)
    func constant(_ array: NDArray, _ name: String, _ graph: inout Lowering) -> Value {
      graph.constant(array, call.inner(prefix + name))
    }
    func zeros(_ shape: [Int], _ name: String, _ graph: inout Lowering) -> Value {
      constant(NDArray(repeating: 0, shape: shape), name, &graph)
    }

    let kernel = try call.weight(prefix + "kernel", shape: [width, count])
    let recurrentKernel = try call.weight(prefix + "recurrent_kernel", shape: [units, count])
    let cell = try cell(of: layer, call)
    var (bias, recurrentBias) = (NDArray(repeating: 0, shape: [count]), NDArray(repeating: 0, shape: [count]))
    if try layer.flag("use_bias", default: true) {
      if case .gru(_, _, true) = cell {
        let both = try call.weight(prefix + "bias", shape: [2, count]).scalars
        bias = NDArray(Array(both.prefix(count)), shape: [count])
        recurrentBias = NDArray(Array(both.suffix(count)), shape: [count])
      } else {
        bias = try call.weight(prefix + "bias", shape: [count])
      }
    }

    let stepsFirst = try graph.add(
      Transpose(permutation: [1, 0, 2]), [x], to: call.inner(prefix + "steps"), for: call)
    let weights = constant(inOnnxOrder(kernel, order, units), "kernel", &graph)
    let product = try graph.add(
      MatrixProduct(), [stepsFirst, weights], to: call.inner(prefix + "product"), for: call)
    let sums = try graph.add(
      Arithmetic(.add), [product, constant(inOnnxOrder(bias, order, units), "bias", &graph)],
      to: call.inner(prefix + "sums"), for: call)
    let turned = NDArray(
      transposed(inOnnxOrder(recurrentKernel, order, units).scalars, rows: units), shape: [count, units])
    var inputs = [
      sums, constant(turned, "recurrent_kernel", &graph), constant(recurrentBias, "recurrent_bias", &graph),
    ]
    // Of a Bidirectional layer's states the second half belongs to the second direction.
    let own = gates == 4 ? 2 : 1
    let given =
      part == nil || states.isEmpty ? states[...] : part == "forward_layer" ? states.prefix(own) : states.suffix(own)
    guard given.isEmpty || given.count == own else { throw call.malformed("it is given \(states.count) states") }
    if given.isEmpty {
      for name in ["state", "cell"].prefix(own) { inputs.append(zeros([images, units], name, &graph)) }
    } else {
      inputs += given
    }
    if gates == 4 { inputs.append(zeros([3 * units], "peepholes", &graph)) }
    let walk = try graph.add(
      Recurrence(cell, isReversed: isReversed), inputs, to: call.inner(prefix + "outputs"), isMoved: false, for: call)
    if try layer.flag("return_sequences", default: false) { return walk }
    let last = Gather(indices: [isReversed ? 0 : steps - 1], indicesShape: [], axis: 0)
    return try graph.add(last, [walk], to: call.inner(prefix + "last"), isMoved: false, for: call)
  }

  private static func cell(of layer: LayerDescription, _ call: LayerCall) throws(KerasError) -> Recurrence.Cell {
    func function(_ key: String, default name: String) throws(KerasError) -> UnaryFunction {
      let json = layer.config[key].isNull ? JSON.string(name) : layer.config[key]
      guard let activation = try Activation(json, of: call) else { return .linear(1, 0) }
      guard case .function(let function) = activation else {
        throw call.unsupported("its \(key) is no function of one number")
      }
      return function
    }
    let candidate = try function("activation", default: "tanh")
    switch layer.className {
    case "LSTM":
      let gate = try function("recurrent_activation", default: "sigmoid")
      return .lstm(gate: gate, candidate: candidate, output: candidate, couplesGates: false)
    case "GRU":
      let gate = try function("recurrent_activation", default: "sigmoid")
      let resetsAfterProduct = try layer.flag("reset_after", default: false)
      return .gru(gate: gate, candidate: candidate, resetsAfterProduct: resetsAfterProduct)
    default: return .simple(candidate)
    }
  }

  /// An array `[…, G·H]` with its gates in another order.
  private static func inOnnxOrder(_ array: NDArray, _ order: [Int], _ units: Int) -> NDArray {
    let scalars = array.scalars, width = order.count * units
    let moved = scalars.indices.map { place in
      let column = place % width
      return scalars[place - column + order[column / units] * units + column % units]
    }
    return NDArray(moved, shape: array.shape)
  }

  private static func transposed(_ scalars: [Float], rows: Int) -> [Float] {
    let columns = scalars.count / rows
    return scalars.indices.map { scalars[$0 % rows * columns + $0 / rows] }
  }
}

extension [(part: String, layer: LayerDescription)] {
  fileprivate func flatMapped(
    _ body: (String, LayerDescription) throws(KerasError) -> [Variable]
  ) throws(KerasError) -> [Variable] {
    var result: [Variable] = []
    for (part, layer) in self { result += try body(part, layer) }
    return result
  }
}
