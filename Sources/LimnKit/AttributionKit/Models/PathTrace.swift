public import Tensors

/// A recorded pass from which gradients can be integrated along a straight path to its input, with what all points of the
/// path have in common done once.
///
/// A network's first layer with weights is affine: on the path it need be run at the ends only, and walked back through
/// only with the sum of what the points bring to it.
public protocol PathTrace: DifferentiableTrace {
  /// `Σᵢ wᵢ · ∂y/∂x` at `x₀ + αᵢ·(x − x₀)`, the trace's input being `x`.
  ///
  /// - Parameters:
  ///   - start: `x₀`, in the input's shape.
  ///   - nodes: The places `αᵢ` and their weights `wᵢ`.
  ///   - input: The input, the only one of the model.
  ///   - bytes: How many bytes a batch may hold.
  ///   - cotangents: Makes the derivative of the score by the outputs at a point.
  ///   - progress: Is told how many points are done.
  /// - Returns: In the input's shape; `nil` where nothing would be gained on walking back from each point.
  /// - Throws: Whatever `cotangents` or `progress` throws, and where the network cannot be run.
  func gradient(
    from start: Tensor, over nodes: [GaussLegendre.Node], to input: Layer, within bytes: Int,
    cotangents: (_ outputs: [Tensor]) throws -> Cotangents, progress: (Int) throws -> Void
  ) throws -> Tensor?
}
