public import AttributionKit
import Tensors

/// Where integrated gradients are taken.
public enum AttributedPlace: Hashable, Sendable, LosslessStringConvertible {
  /// At the pixels.
  case input
  /// At a layer: internal influence, `M = Σₖ ∫₀¹ ∂y/∂Aₖ (x₀ + α·(x − x₀)) dα`, the mean gradient of each place on the path.
  ///
  /// It is not multiplied by any way gone and adds up to nothing in particular. Source: Leino et al., "Influence-directed
  /// explanations for deep convolutional networks", ITC 2018, arXiv:1802.03788, definition 1 with a uniform distribution over the path.
  case layer(TargetLayer)

  public init(_ description: String) {
    self = description == "input" ? .input : .layer(TargetLayer(description))
  }

  public var description: String {
    switch self {
    case .input: "input"
    case .layer(let target): target.description
    }
  }
}

extension ExplanationSession {
  /// The gradient by the activations of `layer`, integrated over the path from `x0` to this input; `[height, width]`.
  func influence(of layer: Layer, from x0: Tensor, over nodes: [GaussLegendre.Node]) throws -> Tensor {
    var integral = Tensor(repeating: 0, shape: layer.shape)
    for (index, node) in nodes.enumerated() {
      try report(passes: index, of: nodes.count)
      integral = integral + node.weight * (try repeated(on: x0 + node.place * (input - x0)).gradient(at: layer))
    }
    return integral.channelSum()
  }
}
