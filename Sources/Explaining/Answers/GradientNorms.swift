public import AttributionKit
import Tensors

/// How strongly the score depends on each of some layers: the Euclidean norms of its derivatives.
public struct GradientNorms: Sendable {
  private var norms: [String: Float] = [:]

  /// One walk back through the network, the deepest layer first.
  ///
  /// - Throws: What the model's adapter throws.
  public init(of layers: [Layer], in session: ExplanationSession) throws {
    for layer in layers.reversed() {
      norms[layer.name] = layer.reachesScore ? try session.gradient(at: layer).norm : 0
    }
  }

  /// The norm of the derivative by a layer's activation; zero where the score does not depend on it.
  public subscript(layer: Layer) -> Float { norms[layer.name] ?? 0 }
}

extension Tensor {
  fileprivate var norm: Float {
    Float(scalars.reduce(0.0) { $0 + Double($1) * Double($1) }.squareRoot())
  }
}
