public import Tensors

/// A recorded pass that tells what each of its steps adds to a linear function of what it read.
///
/// Their sum over the network, each multiplied with the gradient of the score there, and the input times its gradient make
/// up the whole score (Srinivas & Fleuret, NeurIPS 2019, arXiv:1905.00780).
public protocol ImplicitBiasTrace: DifferentiableTrace {
  /// `b = y − J·x` of the step that computes `layer`, `J` its Jacobian at what it read, `x`; in the layer's shape.
  ///
  /// Of a linear step it is the bias. What is folded into one, such as a batch normalisation, is told together with it, at
  /// the last of the steps. Of an activation function it is `f(x) − f′(x)·x`.
  ///
  /// - Returns: `nil` where the step adds nothing, or where the adapter does not know it.
  /// - Throws: Where the layer is none of the model's.
  func implicitBias(at layer: Layer) throws -> Tensor?
}
