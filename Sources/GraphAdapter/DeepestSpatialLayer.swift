import AttributionKit
import GraphEngine

extension Plan {
  /// The deepest activation that is a stack of maps, stepping back over pooling: what the papers of the CAM family use.
  func deepestSpatialLayer(among layers: [Layer]) -> AutomaticLayer? {
    let byName = Dictionary(layers.map { ($0.name, $0) }) { first, _ in first }
    let stacks = mapStacks(from: layers[0])
    guard var layer = layers.dropFirst().last(where: { $0.isSpatial && stacks.contains($0.name) }) else { return nil }
    var reason = "the deepest spatial activation"
    while let step = steps.last(where: { $0.name == layer.name }), step.node.op.onlyPools,
      let source = byName[step.node.inputs[0]], source.isSpatial, source != layers[0]
    {
      layer = source
      reason = "the deepest spatial activation before pooling"
    }
    return AutomaticLayer(layer, because: reason)
  }

  /// The values whose last two dimensions are places in the image, as far as the operators tell.
  ///
  /// Three dimensions alone do not make maps: a transformer's heads × tokens × features have as many.
  private func mapStacks(from input: Layer) -> Set<String> {
    var stacks: Set<String> = [input.name]
    for step in steps
    where step.node.op.makesMaps || step.node.op.keepsMaps && !stacks.isDisjoint(with: step.node.inputs) {
      stacks.insert(step.name)
    }
    return stacks
  }
}

extension Operator {
  /// Whether the operator only thins out its input.
  fileprivate var onlyPools: Bool { self is MaxPool || self is AveragePool || self is Identity }

  /// Whether the output is a stack of maps because the operator slides a window over places.
  fileprivate var makesMaps: Bool { self is Convolution || self is TransposedConvolution }

  /// Whether maps stay maps.
  fileprivate var keepsMaps: Bool {
    switch self {
    case is Reshape, is Transpose, is MatrixProduct, is Linear, is Gather, is LayerNormalization: false
    default: true
    }
  }
}
