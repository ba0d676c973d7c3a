import AttributionKit
import GraphEngine
import Kernels
import Tensors

extension GraphModel {
  /// An array that the network computed for `layer`, in the layer's shape.
  func maps(in array: NDArray, of layer: Layer) -> Tensor {
    guard let layout = layout(of: layer) else { return array.tensor.reshaped(layer.shape) }
    return layout.maps(in: array.scalars)
  }

  /// A batch of activations in the layer's shape, as the network holds them; what has no place is as in `trace`.
  func native(_ activations: Tensor, of layer: Layer, in trace: Trace) throws -> Tensor {
    guard let layout = layout(of: layer) else { return activations }
    let others = try trace.value(named: layer.name).scalars
    let count = activations.shape[0], size = layer.shape.reduce(1, *)
    let arrays = (0..<count).flatMap { index in
      let maps = Tensor(Array(activations.scalars[index * size..<(index + 1) * size]), shape: layer.shape)
      return layout.putting(maps, into: others)
    }
    return Tensor(arrays, shape: [count] + layer.nativeShape)
  }

  /// Where the layer's maps lie in what the network computes; `nil` where they need not be looked for.
  private func layout(of layer: Layer) -> MapLayout? {
    guard layer.isSpatial, let layout = layouts[layer.name], !layout.isPlain else { return nil }
    return layout
  }
}

extension Layer {
  /// The layer that a step computes; `spatial` are the stacks of maps as each of the outputs depends on them.
  init(_ step: PlannedStep, in plan: Plan, _ spatial: [SpatialLayers]) {
    let shape = plan.imageShape(of: step.name)
    if let layout = spatial[0].layouts[step.name] {
      self.init(
        step.name, maps: layout.shape, nativeShape: shape, operatorName: step.operatorName,
        reachesScore: spatial.contains { $0.reachesScore(step.name) })
    } else {
      self.init(step.name, shape: shape, operatorName: step.operatorName, isSpatial: false)
    }
  }
}

extension Tensor {
  /// Whether each channel of `[channels, height, width]` has one value everywhere, but for rounding.
  var isConstantOverPlaces: Bool {
    let area = shape[1] * shape[2]
    let tolerance = 1e-4 * scalars.reduce(Float(0)) { max($0, abs($1)) }
    return scalars.indices.allSatisfy { abs(scalars[$0] - scalars[$0 / area * area]) <= tolerance }
  }
}
