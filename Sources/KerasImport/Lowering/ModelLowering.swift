import Kernels

/// Walks a model's calls in the order they depend on each other and lowers each.
struct ModelLowering {
  let weights: LayerWeights
  let kerasVersion: Int
  let lambdas: [String: LambdaExpression]
  var graph: Lowering

  /// What the layers of a nested model are called in one of its calls: `encoder.2/conv` in the second.
  private struct Scope {
    /// What the paths of the model's layers begin with: `encoder/`.
    var path = ""
    /// What stands in its place: `encoder.2/`.
    var name = ""

    func name(of layer: LayerDescription) -> String { name + layer.path.dropFirst(path.count) }
    var isFirst: Bool { name == path }
  }

  /// Lowers a model applied to `inputs`, one for each of its own.
  ///
  /// - Returns: its outputs.
  mutating func lower(_ model: ModelDescription, inputs: [Value], label: KerasLayer) throws(KerasError) -> [Value] {
    try lower(model, inputs: inputs, label: label, scope: Scope())
  }

  private mutating func lower(
    _ model: ModelDescription, inputs: [Value], label: KerasLayer, scope: Scope
  ) throws(KerasError) -> [Value] {
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
        let results = try results(of: layer, call: reference.call, values: values, scope: scope)
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
    of layer: LayerDescription, call index: Int, values: [TensorReference: Value], scope: Scope
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
      let name = scope.name(of: layer) + (index == 0 ? "" : ".\(index + 1)")
      return try lower(
        model, inputs: inputs, label: layer.label, scope: Scope(path: layer.path + "/", name: name + "/"))
    }
    let kind = lambdas[layer.path].map(Layers.lambda) ?? LayerTable.kind(of: layer)
    guard let kind else { throw .unsupported([layer.label]) }
    let output = index == 0 && scope.isFirst ? layer.path : graph.fresh(scope.name(of: layer))
    let call = LayerCall(
      layer: layer, invocation: invocation, inputs: inputs, output: output, weights: weights[layer.path] ?? [:],
      kerasVersion: kerasVersion)
    return [try kind.lower(call, &graph)]
  }
}
