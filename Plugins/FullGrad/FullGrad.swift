public import AttributionKit
import Tensors

/// FullGrad: what the pixels contribute to the score, and what the biases of every layer contribute.
///
///     M = ψ(x ⊙ ∂y/∂x) + Σₗ Σₖ ψ(bₗ ⊙ ∂y/∂bₗ)ₖ,    ψ(m) = U(N(|m|))
///
/// `bₗ` are the biases of a layer, those of normalisations folded into it included, and what activation functions add of
/// their own; `N` scales a layer's array to 0…1 as a whole and `U` stretches its maps over the image. Without `ψ`, all
/// of it adds up to the score.
public struct FullGrad: AttributionMethod {
  public init() {}

  /// A map of the image's pixels, nowhere negative; its completeness says how nearly the contributions behind it add up
  /// to the score.
  ///
  /// - Throws: ``AttributionError/noImplicitBiases``, ``AttributionError/notAnImage(_:)``.
  public func attribution(in session: ExplanationSession) throws -> Attribution {
    let grid = try session.grid
    var (map, sum) = (Tensor(repeating: 0, shape: [grid.height, grid.width]), session.ownShare)
    // Deep layers first, so that one walk back serves all.
    for layer in session.model.layers.reversed() where layer != session.inputLayer {
      guard let bias = try session.implicitBias(at: layer.native) else { continue }
      let contribution = try bias * session.gradient(at: layer.native, under: OwnWalk())
      sum += contribution.total
      guard layer.isSpatial, layer.reachesScore else { continue }
      // On the layer's maps, which need not be how the network holds them.
      let maps =
        layer.shape == layer.nativeShape
        ? contribution.reshaped(layer.shape)
        : try session.implicitBias(at: layer).map { try $0 * session.gradient(at: layer, under: OwnWalk()) }
      map = map + (maps ?? contribution).saliency(over: grid)
    }
    let pixels = try session.input * session.inputGradient(under: OwnWalk())
    map = map + grid.planes(pixels).saliency(over: grid)
    sum += pixels.total
    return Attribution(
      map, at: session.inputLayer,
      facts: [.completeness(Completeness(of: Tensor([Float(sum)], shape: [1]), expected: session.score.value))])
  }

  public func cost(on model: (any ModelAdapter)?) -> Cost { .walk(under: "full-grad") }
}

/// Plain differentiation, in a walk of its own: it stops at every layer, deep ones included, which the walk that methods
/// share may have passed.
private struct OwnWalk: GradientRule {
  func crossing(_ step: Step) -> Crossing { .derivative }
}

extension Tensor {
  /// `ψ`: the sizes of `[channels, height, width]`, scaled to 0…1 as a whole, added up and stretched over the image.
  fileprivate func saliency(over grid: ImageGrid) -> Tensor {
    magnitudes().scaledToUnit().channelSum().resized(height: grid.height, width: grid.width)
  }

  fileprivate var total: Double { scalars.reduce(0.0) { $0 + Double($1) } }
}

extension ExplanationSession {
  /// What the target itself adds to a linear function of the outputs; nothing where it is the logit of a class.
  fileprivate var ownShare: Double {
    let linear = zip(score.cotangents.values, outputs.values).reduce(0.0) { sum, pair in
      guard let cotangent = pair.0 else { return sum }
      return zip(cotangent.scalars, pair.1.scalars).reduce(sum) { $0 + Double($1.0) * Double($1.1) }
    }
    return Double(score.value) - linear
  }
}

extension FullGrad {
  public static let descriptor = MethodDescriptor(
    "full-grad", title: "FullGrad", family: .cams,
    summary: "Pixels and features that the score depends on, layer by layer, down to the biases.",
    citation: "Srinivas & Fleuret, NeurIPS 2019, arXiv:1905.00780", needs: [.gradients], prototype: FullGrad())
}
