import AttributionKit
import GraphEngine

extension Plan {
  /// The deepest activation that is a stack of maps, stepping back over pooling: what the papers of the CAM family use.
  func deepestSpatialLayer(among layers: [Layer]) -> AutomaticLayer? {
    let byName = Dictionary(layers.map { ($0.name, $0) }) { first, _ in first }
    guard var layer = layers.dropFirst().last(where: \.isSpatial) else { return nil }
    var reason = "the deepest spatial activation"
    while let step = steps.last(where: { $0.name == layer.name }), step.node.op.onlyPools,
      let source = byName[step.node.inputs[0]], source.isSpatial, source != layers[0]
    {
      layer = source
      reason = "the deepest spatial activation before pooling"
    }
    return AutomaticLayer(layer, because: reason)
  }
}

extension Operator {
  /// Whether the operator only thins out its input.
  fileprivate var onlyPools: Bool { self is MaxPool || self is AveragePool || self is Identity }
}
