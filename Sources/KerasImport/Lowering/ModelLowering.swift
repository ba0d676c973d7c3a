import Kernels

/// Walks a model's calls in the order they depend on each other and lowers each.
struct ModelLowering {
  let weights: LayerWeights
  let kerasVersion: Int
  var graph: Lowering

  /// Lowers a model applied to `inputs`, one for each of its own.
  ///
  /// - Returns: its outputs.
  mutating func lower(_ model: ModelDescription, inputs: [Value], label: KerasLayer) throws(KerasError) -> [Value] {
    var values: [TensorReference: Value] = [:]
    for (reference, value) in zip(model.inputs, inputs) { values[reference] = value }
    let layers = Dictionary(model.layers.map { ($0.name, $0) }) { first, _ in first }
    // A stack of its own instead of recursion: networks are thousands of layers deep.
    var (pending, entered): ([TensorReference], Set<TensorReference>) = (model.outputs.reversed(), [])
    while let reference = pending.last {
      if values[reference] != nil {
        pending.removeLast()
        continue
      }
      guard let layer = layers[reference.layer], reference.call < max(layer.calls.count, 1) else {
        throw .malformed(reason: "something reads '\(reference.layer)', which \(label) does not have")
      }
      guard layer.className != "InputLayer", reference.call < layer.calls.count else {
        throw layer.malformed("nothing is given to it")
      }
      let missing = layer.calls[reference.call].tensors.filter { values[$0] == nil }
      if missing.isEmpty {
        let results = try results(of: layer, call: reference.call, values: values)
        for (index, result) in results.enumerated() {
          values[TensorReference(layer.name, call: reference.call, index: index)] = result
        }
        guard values[reference] != nil else { throw layer.malformed("its output \(reference.index) is read") }
      } else {
        guard entered.insert(reference).inserted else { throw layer.malformed("it depends on itself") }
        pending += missing.reversed()
      }
    }
    return model.outputs.map { values[$0]! }
  }

  private mutating func results(
    of layer: LayerDescription, call index: Int, values: [TensorReference: Value]
  ) throws(KerasError) -> [Value] {
    let invocation = layer.calls[index]
    // Keras 3 overrules what such a call asks for when it predicts; Keras 2 does not.
    if kerasVersion < 3, case .value(let training) = invocation.keywords["training"], training.real == 1 {
      throw layer.unsupported("it is called with training=True and may give something else each time")
    }
    let inputs = invocation.tensors.compactMap { values[$0] }
    if let model = layer.model {
      guard model.inputs.count == inputs.count else {
        throw layer.malformed("it takes \(model.inputs.count) tensors and is given \(inputs.count)")
      }
      return try lower(model, inputs: inputs, label: layer.label)
    }
    guard let kind = LayerTable.kind(of: layer) else { throw .unsupported([layer.label]) }
    let output = index == 0 ? layer.path : graph.fresh(layer.path)
    let call = LayerCall(
      layer: layer, invocation: invocation, inputs: inputs, output: output, weights: weights[layer.path] ?? [:],
      kerasVersion: kerasVersion)
    return [try kind.lower(call, &graph)]
  }
}
