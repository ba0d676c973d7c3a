import Kernels

/// One call of a layer while the network is lowered.
struct LayerCall {
  let layer: LayerDescription
  let invocation: Invocation
  let inputs: [Value]
  /// The name of its result: the layer's path, from the second call on with the call's number.
  let output: String
  let weights: [String: NDArray]
  /// The version of Keras that wrote the file, of which some activations mean something else.
  let kerasVersion: Int

  func malformed(_ reason: String) -> KerasError { layer.malformed(reason) }
  func unsupported(_ reason: String) -> KerasError { layer.unsupported(reason) }

  /// A setting of a function: of its layer, or given in the call under one of these names.
  func setting(_ names: String...) -> JSON {
    for name in names {
      if !layer.config[name].isNull { return layer.config[name] }
      if let json = invocation.keywords[name]?.json, !json.isNull { return json }
    }
    return .null
  }

  /// What a function is told beside its tensor, by a name or else at a position.
  func setting(at position: Int, or names: String...) -> JSON {
    let named = names.lazy.map { self.setting($0) }.first { !$0.isNull }
    return named
      ?? (invocation.arguments.indices.contains(position) ? invocation.arguments[position].json : nil) ?? .null
  }

  /// The tensors given at a position, or under a name.
  func tensors(at position: Int, or names: String...) -> [Value] {
    var start = 0
    for (index, argument) in invocation.arguments.enumerated() {
      let count = argument.tensors.count
      if index == position, count > 0 { return Array(inputs[start..<(start + count)]) }
      start += count
    }
    for (name, argument) in invocation.keywords.sorted(by: { $0.key < $1.key }) {
      let count = argument.tensors.count
      if names.contains(name), count > 0 { return Array(inputs[start..<(start + count)]) }
      start += count
    }
    return []
  }

  /// The one input.
  func input() throws(KerasError) -> Value {
    guard inputs.count == 1 else { throw malformed("it is applied to \(inputs.count) tensors") }
    return inputs[0]
  }

  /// A weight of the shape that the settings call for.
  func weight(_ name: String, shape: [Int]) throws(KerasError) -> NDArray {
    guard let array = weights[name] else { throw .missingWeights(layer.label, place: name) }
    guard array.shape == shape else {
      throw .wrongWeights(layer.label, weight: name, expected: shape, found: array.shape)
    }
    return array
  }

  /// A name for something within the layer.
  func inner(_ part: String) -> String { output + "/" + part }
}
