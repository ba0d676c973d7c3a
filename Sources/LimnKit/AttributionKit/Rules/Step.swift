/// One operator of the recorded pass, as a rule sees it.
public struct Step: Hashable, Sendable {
  /// The name of the layer that the step computes.
  public let name: String
  /// The operator, in the field's words: `Convolution`, `ReLU`, `MaxPool`.
  public let operatorName: String
  /// What the step does, whatever the operator's name.
  public let kind: Kind
  /// What kind of activation function this is, if it is one that rules change.
  public let activation: Activation?
  /// Whether this is a linear step and none comes before it: it sees the input itself.
  public let isFirst: Bool
  /// The names of what the step reads: layers, the input, weights.
  public let inputs: [String]
  /// The linear step that this one, a normalisation or bias behind it, is folded into; `nil` for other steps.
  ///
  /// Where that step is crossed by relevance, both are crossed as one, and this one's own crossing does not matter.
  public let foldedInto: String?

  /// A step as its adapter describes it.
  public init(
    name: String, operatorName: String, activation: Activation? = nil, kind: Kind = .other, isFirst: Bool = false,
    inputs: [String] = [], foldedInto: String? = nil
  ) {
    self.name = name
    self.operatorName = operatorName
    self.activation = activation
    self.kind = activation != nil && kind == .other ? .activation : kind
    self.isFirst = isFirst
    self.inputs = inputs
    self.foldedInto = foldedInto
  }

  /// The kinds of activation function.
  public enum Activation: Hashable, Sendable {
    /// Zero for negative inputs: ReLU, ReLU6, a clip from zero.
    case rectifier
    /// Anything else that is applied to each scalar to make the network non-linear: LeakyReLU, SiLU, GELU, ELU.
    case other
  }

  /// What a step does, as composites of rules choose by it.
  public enum Kind: Hashable, Sendable {
    /// A convolution, a fully connected layer, a matrix product with constant weights.
    case linear
    /// A product of two matrices that both depend on the input: attention.
    case matrixProduct
    /// Batch, layer or local response normalisation.
    case normalization
    /// A non-linear function of each scalar, the sigmoid of a gate included.
    case activation
    /// A sum or difference of two activations: a residual connection.
    case sum
    /// A product of two activations, scalar by scalar: a gate.
    case product
    /// A softmax along an axis.
    case softmax
    /// One scalar of each window, or of all positions.
    case pooling(Pooling)
    /// A scale and a shift by constants, scalar by scalar, that belong to no linear step.
    case affine
    /// Scalars reordered, repeated, joined or left out, as they are.
    case movement
    /// Other extents by interpolation.
    case resizing
    /// Anything else.
    case other
  }

  /// What a pooling makes of a window's scalars.
  public enum Pooling: Hashable, Sendable {
    /// Their mean or sum.
    case average
    /// The largest.
    case max
    /// A norm of them.
    case norm
  }
}
