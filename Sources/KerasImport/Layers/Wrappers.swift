import GraphEngine
import Kernels

/// Layers around another layer.
extension Layers {
  /// `TimeDistributed` and `SpectralNormalization`; `nil` where the layer inside cannot be lowered.
  static func wrapper(_ layer: LayerDescription) -> LayerKind? {
    guard let inner = try? layer.wrapped(), let kind = LayerTable.kind(of: inner) else { return nil }
    let isDistributed = layer.className == "TimeDistributed"
    return LayerKind { (call, graph) throws(KerasError) in
      let inner = try call.layer.wrapped()
      return isDistributed
        ? try distributed(kind, inner, call, &graph)
        : try kind.lower(call.applying(inner, to: call.inputs, output: call.output), &graph)
    } variables: { (layer) throws(KerasError) in
      var variables: [Variable] = []
      for (index, variable) in try kind.variables(try layer.wrapped()).enumerated() {
        var variable = variable
        variable.place = "layer/" + (variable.place ?? "vars/\(index)")
        variables.append(variable)
      }
      // Weights are saved as they were last normalised; the vector that was normalised by is not needed.
      if !isDistributed { variables.append(Variable("vector_u", isTrainable: false, place: "vars/1")) }
      return variables
    }
  }

  /// The layer applied to each position of the first axis behind the images, as if each were an image.
  private static func distributed(
    _ kind: LayerKind, _ inner: LayerDescription, _ call: LayerCall, _ graph: inout Lowering
  ) throws(KerasError) -> Value {
    let x = try graph.unmoved(try call.input(), for: call)
    guard x.rank >= 3 else { throw call.malformed("it is applied to \(spelled(x.shape))") }
    let (images, steps) = (x.extents[0], x.extents[1])
    let flat = try graph.add(
      Reshape(to: [images * steps] + x.extents.dropFirst(2)), [x], to: call.inner("steps"), for: call)
    let name = graph.fresh(call.inner("each"))
    let each = try kind.lower(call.applying(inner, to: [flat], output: name), &graph)
    let last = try graph.unmoved(each, for: call)
    let shape = [images, steps] + last.extents.dropFirst()
    return try result(Reshape(to: shape), last, rank: shape.count, call, &graph)
  }
}

extension LayerDescription {
  /// The layer inside a wrapper.
  fileprivate func wrapped() throws(KerasError) -> LayerDescription {
    let inner = config["layer"]
    guard let className = inner["class_name"].text, !Self.modelClasses.contains(className) else {
      throw unsupported("it wraps a whole model")
    }
    return try LayerDescription(inner, prefix: path + "/", depth: 0)
  }
}

extension LayerCall {
  /// The call of a layer inside this one, with this one's weights.
  fileprivate func applying(_ inner: LayerDescription, to inputs: [Value], output: String) -> LayerCall {
    LayerCall(
      layer: inner, invocation: invocation, inputs: inputs, output: output, weights: weights,
      kerasVersion: kerasVersion)
  }
}
