public import Tensors

/// A linear step as a rule of one's own multiplies with it: with parts of its weights, and on any input.
///
/// The weights are those with what is behind the step folded in, such as a batch normalisation: products are what the last of
/// the folded steps computes. See ``Step/foldedInto``.
public struct LinearParts {
  /// Which of the step's inputs is the activation that the weights multiply.
  public let input: Int
  private let multiply: (_ x: Tensor, _ weights: Relevance.WeightPart, _ includesBias: Bool) throws -> Tensor
  private let multiplyTransposed: (_ v: Tensor, _ weights: Relevance.WeightPart) throws -> Tensor

  /// A linear step as its adapter multiplies with it.
  ///
  /// - Parameters:
  ///   - input: which of the step's inputs is the activation.
  ///   - product: `W_m x`, with the same part of the bias added where asked for.
  ///   - transposedProduct: `W_mᵀ v`.
  public init(
    input: Int,
    product: @escaping (_ x: Tensor, _ weights: Relevance.WeightPart, _ includesBias: Bool) throws -> Tensor,
    transposedProduct: @escaping (_ v: Tensor, _ weights: Relevance.WeightPart) throws -> Tensor
  ) {
    self.input = input
    multiply = product
    multiplyTransposed = transposedProduct
  }

  /// `W_m x`, in the output's shape, for any `x` in the activation's.
  ///
  /// - Throws: Whatever the model throws.
  public func product(_ x: Tensor, weights: Relevance.WeightPart, includesBias: Bool = false) throws -> Tensor {
    try multiply(x, weights, includesBias)
  }

  /// `W_mᵀ v`, in the activation's shape, for any `v` in the output's.
  ///
  /// - Throws: Whatever the model throws.
  public func transposedProduct(_ v: Tensor, weights: Relevance.WeightPart) throws -> Tensor {
    try multiplyTransposed(v, weights)
  }
}
