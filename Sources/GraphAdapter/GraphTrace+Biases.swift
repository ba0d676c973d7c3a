import AttributionKit
import GraphEngine
import Kernels
import Tensors

extension GraphTrace: ImplicitBiasTrace {
  func implicitBias(at layer: Layer) throws -> Tensor? {
    try model.engine.run {
      guard let bias = try bias(of: layer.name), bias.scalars.contains(where: { $0 != 0 }) else { return nil }
      return model.maps(in: bias, of: layer)
    }
  }

  private func bias(of name: String) throws -> NDArray? {
    if let linear = model.linearSteps.values.first(where: { $0.end == name }) {
      guard linear.weights.bias != nil else { return nil }
      // What it makes of nothing is the bias, wherever the operator puts its channels.
      let shape = trace.plan.shape(of: linear.step.node.inputs[linear.input]) ?? []
      return try linear.forward(NDArray(repeating: 0, shape: shape), linear.weights)
    }
    let isWithin = model.linearSteps[name] != nil || model.steps[name]?.foldedInto != nil
    return isWithin ? nil : try trace.implicitBias(of: name)
  }
}

extension LinearStep {
  /// The value that the step computes together with all that is folded into it.
  fileprivate var end: String { (folded.last ?? step).name }
}
