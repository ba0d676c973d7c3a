public import Kernels

/// An operator that multiplies an activation by weights and may add a bias: `y = W x + b`.
///
/// Rules of the backward pass take it apart and put other weights in, such as the positive ones alone.
public protocol LinearOperator: Operator {
  /// The weights and the bias as the network has them; `nil` where one of them is no constant, or `input` no activation
  /// that the operator multiplies.
  ///
  /// - Parameters:
  ///   - constants: for each input the array, where it is a constant.
  ///   - input: which of them is the activation.
  /// - Returns: The weights; `nil` where they are not constant.
  func weights(among constants: [NDArray?], of input: Int) -> LinearWeights?

  /// `W x + b` for weights and a bias of the network's shapes, the activation being input number `input`.
  ///
  /// - Throws: Where the shapes do not fit together.
  func forward(_ x: NDArray, _ weights: LinearWeights, at input: Int) throws -> NDArray

  /// `Wᵀ v`, in the shape of the activation, which is input number `input`.
  ///
  /// - Throws: Where the shapes do not fit together.
  func pullback(_ cotangent: NDArray, _ weights: LinearWeights, at input: Int, inputShape: [Int]) throws -> NDArray

  /// The axis of the output, of that rank, along which each position has weights and a bias of its own: its channels.
  func channelAxis(ofRank rank: Int) -> Int

  /// The axis of the weights along which each position makes a channel of the output, the activation being input number
  /// `input`: what scales the channels can be multiplied in there. `nil` where there is no such axis.
  func channelAxis(ofWeights weights: [Int], at input: Int) -> Int?
}

/// The constants of a linear operator.
public struct LinearWeights: Sendable {
  /// In the operator's own shape.
  public let weights: NDArray
  /// One for each channel of the output, or what broadcasts to it; `nil` where nothing is added.
  public let bias: NDArray?

  /// Weights and what is added to their product.
  public init(_ weights: NDArray, bias: NDArray?) { (self.weights, self.bias) = (weights, bias) }

  /// The constants at two places; `nil` where an array there is none.
  init?(_ constants: [NDArray?], weights: Int, bias: Int? = nil) {
    guard let array = constants[weights] else { return nil }
    guard let bias, constants.indices.contains(bias) else {
      self.init(array, bias: nil)
      return
    }
    guard let added = constants[bias] else { return nil }
    self.init(array, bias: added)
  }
}

/// A normalisation of activations by statistics of their own.
public protocol Normalization: Operator {
  /// The pullback where what the activations are divided by is taken as a constant, though it depends on them.
  ///
  /// - Parameters:
  ///   - cotangent: that of the output.
  ///   - x: the activation that is normalised.
  ///   - constants: for each input the array, where it is a constant.
  /// - Returns: the activation's cotangent, in its shape.
  /// - Throws: Where the shapes do not fit together.
  func linearPullback(_ cotangent: NDArray, input x: NDArray, constants: [NDArray?]) throws -> NDArray
}
