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
