import GraphEngine
import Kernels

/// A graph under construction.
struct Lowering {
  private(set) var graph = Graph(inputs: [], nodes: [], constants: [:], outputs: [])
  /// Whether images lie as `[N, C, H, W]` in the engine while Keras has them as `[N, H, W, C]`.
  let movesChannels: Bool
  private var names: Set<String>
  /// The transposed twins of values.
  private var twins: [String: Value] = [:]
  /// Values that are still the image, or a rescaled version of it, with the layers that rescaled it.
  private(set) var images: Set<String> = []
  private(set) var rescalings: [String] = []

  /// - Parameters:
  ///   - movesChannels: whether the network's own order of axes has channels last.
  ///   - reserved: names kept free for the results of layers.
  init(movesChannels: Bool, reserved: Set<String>) {
    self.movesChannels = movesChannels
    names = reserved
  }

  /// Declares an input of Keras' shape.
  mutating func input(_ name: String, shape: [Int]) -> Value {
    let isMoved = movesChannels && shape.count >= 4
    let extents = isMoved ? [shape[0], shape[shape.count - 1]] + shape[1..<(shape.count - 1)] : shape
    graph.inputs.append(Graph.Input(name, shape: extents))
    images.insert(name)
    return Value(name: name, extents: extents, isMoved: isMoved)
  }

  /// An input of Keras' shape that is fixed to an array, in Keras' order of axes or in the engine's.
  ///
  /// - Returns: `nil` where the array has neither shape; one row stands for all images.
  mutating func fixedInput(_ name: String, shape: [Int], to array: NDArray) -> Value? {
    let isMoved = movesChannels && shape.count >= 4
    let extents = isMoved ? [shape[0], shape[shape.count - 1]] + shape[1..<(shape.count - 1)] : shape
    var given = array.shape, array = array
    // A single number without a shape stands everywhere.
    if given.isEmpty {
      given = [1] + extents.dropFirst()
      array = NDArray([Float](repeating: array.scalars[0], count: given.reduce(1, *)), shape: given)
    }
    if given.count == shape.count - 1 { given = [1] + given }
    guard let first = given.first, first == 1 || first == shape[0] else { return nil }
    var value = array.reshaped(given)
    if isMoved, given.dropFirst() != extents.dropFirst(), given.dropFirst() == shape.dropFirst(),
      let moved = try? transposed(value, permutation: [0, shape.count - 1] + (1..<(shape.count - 1)))
    {
      value = moved
    }
    guard value.shape.dropFirst() == extents.dropFirst(), let whole = try? expanded(value, to: extents) else {
      return nil
    }
    graph.constants[name] = whole.asConstant()
    return Value(name: name, extents: extents, isMoved: isMoved)
  }

  /// A name nobody else has.
  mutating func fresh(_ stem: String) -> String { names.insert(fresh: stem) }

  /// An array known beforehand, as a value.
  mutating func constant(_ array: NDArray, _ stem: String) -> Value {
    let name = fresh(stem)
    graph.constants[name] = array.asConstant()
    return Value(name: name, extents: array.shape, isMoved: false)
  }

  /// Appends a step.
  ///
  /// - Parameters:
  ///   - op: the operator.
  ///   - inputs: what it reads, in the engine's order.
  ///   - name: the result's name; ``LayerCall/output`` for the layer's own result.
  ///   - isMoved: how the result lies; as the first input by default.
  ///   - call: whose step it is.
  /// - Returns: the result.
  /// - Throws: ``KerasError/malformedLayer(_:reason:)`` where the inputs do not fit the operator.
  mutating func add(
    _ op: any Operator, _ inputs: [Value], to name: String, isMoved: Bool? = nil, for call: LayerCall
  ) throws(KerasError) -> Value {
    let extents: [Int]
    do {
      extents = try op.outputShape(of: inputs.map(\.extents))
    } catch {
      let given = joined(inputs.map { spelled($0.shape) }, by: ", ", within: 200, kind: "more")
      throw call.malformed("it does not fit \(given): \(error)")
    }
    guard elementCount(of: extents) != nil else { throw .tooLarge(value: call.output, shape: extents) }
    guard !extents.contains(0) else { throw call.malformed("its result would be empty (\(spelled(extents)))") }
    let output = name == call.output ? name : fresh(name)
    let known = inputs.compactMap { graph.constants[$0.name] }
    if known.count == inputs.count {
      graph.constants[output] = try computed(op, known, for: call).asConstant()
      return Value(name: output, extents: extents, isMoved: isMoved ?? inputs[0].isMoved)
    }
    graph.nodes.append(Node(call.output, op, inputs.map(\.name), to: output))
    return Value(name: output, extents: extents, isMoved: isMoved ?? inputs[0].isMoved)
  }

  /// The array that a value is, where it is known beforehand.
  func array(_ value: Value) -> NDArray? { graph.constants[value.name] }

  /// What a step makes of inputs that are fixed.
  private func computed(_ op: any Operator, _ inputs: [NDArray], for call: LayerCall) throws(KerasError) -> NDArray {
    do { return try op.forward(inputs) } catch { throw call.malformed("it cannot be computed: \(error)") }
  }

  /// Appends the steps of a composite, of values that all lie as `x` does, and hands back the last one's, the layer's
  /// result.
  mutating func add(_ composite: Composite, _ x: Value, for call: LayerCall) throws(KerasError) -> Value {
    var results: [Value] = []
    for (index, step) in composite.steps.enumerated() {
      var operands: [Value] = []
      for operand in step.operands {
        switch operand {
        case .input: operands.append(x)
        case .step(let index): operands.append(results[index])
        case .constant(let array, let part): operands.append(constant(array, call.inner(part)))
        }
      }
      let isLast = index == composite.steps.count - 1
      let name = isLast ? call.output : call.inner(step.part)
      results.append(try add(step.op, operands, to: name, isMoved: x.isMoved, for: call))
    }
    return results.last ?? x
  }

  /// The value with its channels where convolutions want them: `[N, C, …]`.
  mutating func moved(_ value: Value, for call: LayerCall) throws(KerasError) -> Value {
    guard !value.isMoved, value.rank >= 3 else { return value }
    return try twin(of: value, for: call)
  }

  /// The value with its axes in Keras' order.
  mutating func unmoved(_ value: Value, for call: LayerCall) throws(KerasError) -> Value {
    guard value.isMoved else { return value }
    return try twin(of: value, for: call)
  }

  private mutating func twin(of value: Value, for call: LayerCall) throws(KerasError) -> Value {
    if let known = twins[value.name] { return known }
    let twin = try flipped(value, to: value.name + (value.isMoved ? "/channels_last" : "/channels_first"), for: call)
    twins[value.name] = twin
    twins[twin.name] = value
    return twin
  }

  /// The value in the other order.
  private mutating func flipped(_ value: Value, to name: String, for call: LayerCall) throws(KerasError) -> Value {
    let last = value.rank - 1
    let permutation = value.isMoved ? [0] + (2...last) + [1] : [0, last] + (1..<last)
    let op: any Operator =
      value.movesNothing
      ? Reshape(to: permutation.map { value.extents[$0] }) : Transpose(permutation: permutation)
    return try add(op, [value], to: name, isMoved: !value.isMoved, for: call)
  }

  /// The layer's result: `value`, which some step of the layer has just computed in Keras' order, brought to the order
  /// that images have throughout the network.
  mutating func finish(_ value: Value, for call: LayerCall) throws(KerasError) -> Value {
    guard movesChannels, value.rank >= 4, !value.isMoved else {
      return try add(Identity(), [value], to: call.output, for: call)
    }
    return try flipped(value, to: call.output, for: call)
  }

  /// Whether a result in Keras' order of this rank is to be moved under its layer's name.
  func moves(rank: Int) -> Bool { movesChannels && rank >= 4 }

  /// Notes that `value` is still the image that `source` is.
  mutating func passImage(from source: Value, to value: Value) {
    if images.contains(source.name) { images.insert(value.name) }
  }

  /// Notes that `value` is made of parts of the image, where all its sources are the image.
  mutating func passImage(from sources: [Value], to value: Value) {
    if sources.allSatisfy({ images.contains($0.name) }) { images.insert(value.name) }
  }

  /// Notes that the layer brings the image from its samples to what the network was trained on.
  mutating func rescaleImage(from source: Value, to value: Value, by call: LayerCall) {
    guard images.contains(source.name) else { return }
    images.insert(value.name)
    if !rescalings.contains(call.layer.path) { rescalings.append(call.layer.path) }
  }

  /// The outputs under the names that the model gives them, where it does and nothing else is called so.
  mutating func named(_ outputs: [Value], _ keys: [String]) -> [Value] {
    guard keys.count == outputs.count else { return outputs }
    return zip(outputs, keys).map { output, key in
      guard names.insert(key).inserted else { return output }
      graph.nodes.append(Node(Identity(), [output.name], to: key))
      return Value(name: key, extents: output.extents, isMoved: output.isMoved)
    }
  }

  mutating func finish(outputs: [Value]) { graph.outputs = outputs.map(\.name) }
}
