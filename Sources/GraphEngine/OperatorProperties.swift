/// What is true of an operator whatever numbers its inputs hold.
///
/// Analyses of a network (which values are feature maps, what a score can depend on, where a classifier's head is
/// affine) go by these statements alone and know no operator by its type. None has a default: whoever writes an operator
/// says what it does. A test checks each statement against what the operator computes.
public protocol OperatorProperties: Sendable {
  /// What the operator is, as rules of the backward pass tell steps apart.
  var kind: OperatorKind { get }

  /// Where the scalars of the output stand in the image, given where those of the inputs do.
  ///
  /// - Parameter inputs: the shapes of the inputs, batch first.
  /// - Returns: How places pass from the inputs to the output.
  func placeFlow(of inputs: [[Int]]) -> PlaceFlow

  /// For each input, which of its scalars a scalar of the output can depend on.
  ///
  /// What is said to be independent has no cotangent, at any point; the reverse need not hold.
  /// - Parameter inputs: the shapes of the inputs, batch first.
  /// - Returns: An influence for each input.
  func influence(of inputs: [[Int]]) -> [Influence]

  /// Whether the output is an affine function of an input while all others stay as they are.
  ///
  /// The pullback to such an input needs the other inputs only, neither this one nor the output.
  /// - Parameter input: the input's index.
  /// - Returns: Whether it is.
  func isAffine(in input: Int) -> Bool

  /// Whether an output `[N, C, …]` depends in each channel on that channel of the first input only, and is zero where
  /// that is; asked of steps that have one input, and as many channels after as before.
  ///
  /// - Parameter shape: that of the input, `[N, C, …]`.
  /// - Returns: Whether it does.
  func keepsSilentChannels(of shape: [Int]) -> Bool
}

extension OperatorProperties {
  /// What kind of activation function this is; `nil` where it is none that a rule changes.
  public var activation: ActivationKind? { if case .activation(let kind) = kind { kind } else { nil } }
}

/// What an operator is, as rules of the backward pass tell steps apart.
public enum OperatorKind: Hashable, Sendable {
  /// Weights times an input, plus a bias: a convolution, forwards or transposed.
  case linear
  /// The product of two matrices; of an activation and weights where one of them is constant.
  case matrixProduct
  /// Activations brought to a common mean and variance, or divided by those around them.
  case normalization
  /// A non-linear function of each scalar; `nil` where rules that change activation functions leave it alone, such as
  /// the sigmoid of a gate.
  case activation(ActivationKind?)
  /// A sum of two arrays.
  case sum
  /// The first array less the second.
  case difference
  /// A product of two arrays, scalar by scalar.
  case product
  case softmax
  /// One scalar from each window, or from all positions of some axes.
  case pooling(PoolingKind)
  /// A scale and a shift by constants, scalar by scalar: what a sum, a product or a quotient with one is.
  case affine
  /// Scalars put in another order, repeated, joined or left out, as they are.
  case movement
  /// Other extents by interpolation.
  case resizing
  case other
}

/// What a pooling makes of the scalars of a window.
public enum PoolingKind: Hashable, Sendable {
  /// Their mean, or their sum.
  case average
  case maximum
  /// A norm of them.
  case norm
}

/// The kinds of activation function that a rule of the backward pass tells apart.
public enum ActivationKind: Hashable, Sendable {
  /// Zero for negative inputs: ReLU, a clip from zero.
  case rectifier
  case other
}
