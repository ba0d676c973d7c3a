public import GraphEngine
import Kernels

// A module that was saved whole says how its layers compute. Their weights fit the network by names and shapes alone, so
// that a stride, a padding or an activation function of its own would go unnoticed.

extension RecognizedNetwork {
  /// What the file says of a layer and the network does otherwise, as words that follow "the file".
  ///
  /// `nil` where only weights were saved, which say nothing.
  /// - Parameter graph: the network with these weights.
  /// - Returns: the words, the layer among them.
  public func contradiction(to graph: Graph) -> String? {
    guard !weights.modules.isEmpty else { return nil }
    for node in graph.nodes where node.inputs.count > 1 {
      guard let layer = weights.tensors[node.inputs[1]]?.layer, let problem = Self.contradiction(of: layer, to: node.op)
      else { continue }
      return "says of its layer '\(elided(node.output, to: 80))' \(problem)"
    }
    return BareLayers(of: weights, in: graph, classifier: definition.classifier).contradiction
  }

  private static func contradiction(of layer: SavedModule, to op: any Operator) -> String? {
    func differs(_ key: String, from ours: [Int]) -> String? {
      guard var said = layer.numbers[key]?.map({ Int($0) }) else { return nil }
      if said.count == 1 { said = Array(repeating: said[0], count: ours.count) }
      return said == ours ? nil : "a \(key) of \(spelled(said)), where it is \(spelled(ours))"
    }
    func differs(fromEpsilon ours: Float) -> String? {
      // Where it is none, it was added elsewhere.
      guard ours > 0, let said = layer.numbers["eps"]?.first, abs(said - Double(ours)) > 1e-3 * said else { return nil }
      return "an eps of \(said), where it is \(ours)"
    }
    switch op {
    case let convolution as GraphEngine.Convolution:
      let geometry = convolution.geometry
      if let mode = layer.texts["padding_mode"], mode != "zeros" { return "padding by '\(mode)', where it is by zeros" }
      if layer.kind.contains("StdConv") { return "that it is a \(layer.kind), which scales its filters first" }
      // Other classes pad in ways of their own.
      let isPlain = layer.kind == "Conv2d" && geometry.paddingBefore == geometry.paddingAfter
      return differs("stride", from: geometry.strides)
        ?? differs("dilation", from: geometry.dilations)
        ?? (isPlain ? differs("padding", from: geometry.paddingBefore) : nil)
    case let normalization as GraphEngine.BatchNormalization: return differs(fromEpsilon: normalization.epsilon)
    case let normalization as GraphEngine.LayerNormalization: return differs(fromEpsilon: normalization.epsilon)
    default: return nil
    }
  }
}
