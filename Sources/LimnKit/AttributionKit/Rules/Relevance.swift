/// How the relevance `R` of a step's output is shared out among its inputs: layer-wise relevance propagation as a value.
///
///     R_in = Σ_groups share · Σ_members ± x_m ⊙ W_mᵀ (R / stab(Σ_members ± z_m)),   z_m = W_m x_m + b_m
///
/// Each member takes a part of the input and a part of the weights; `stab(z) = z + ε·sign(z)` with `sign(0) = 1`. The bias
/// counts as the weight of a further input that is always one: its part is taken with the weights', and it has none where
/// only negative inputs are.
///
/// A step without weights of its own is linear with weights of one, as a sum or an average is, or has a Jacobian `J` for
/// `W` at the input of this pass; then only the whole of input and weights can be taken.
///
/// Bach et al., PLOS ONE 2015; Montavon et al., *Layer-Wise Relevance Propagation: An Overview*, 2019, table 1; the parts
/// are those of zennit's `rules.py` (Anders et al., arXiv:2106.13200).
public struct Relevance: Hashable, Sendable {
  /// Where the relevance goes.
  public var flow: Flow
  /// `ε`, added to each divisor with its sign.
  public var stabilizer: Float
  /// Whether the bias takes its share of the relevance, which is then lost.
  public var includesBias: Bool

  /// Relevance shared out by groups, whose shares add up.
  public init(_ groups: [Group], stabilizer: Float = 1e-6, includesBias: Bool = true) {
    flow = .shared(groups)
    self.stabilizer = stabilizer
    self.includesBias = includesBias
  }

  private init(passedTo input: Int?) { (flow, stabilizer, includesBias) = (.passed(to: input), 0, false) }

  /// Relevance goes to the input as it is: `R_in = R`.
  ///
  /// For activation functions; for normalisations, after Achtibat et al., ICML 2024, arXiv:2402.05602, proposition 3.4.
  public static let pass = Relevance(passedTo: nil)

  /// Relevance goes to one input as it is, and none to the others: those only scale it, as a gate does, or what a
  /// normalisation divides by ("signal takes all": Arras et al., EMNLP workshop 2017, arXiv:1706.07206).
  public static func pass(to input: Int) -> Relevance { Relevance(passedTo: input) }

  /// Relevance ends here, as at what is taken for a constant.
  public static let stop = Relevance([], stabilizer: 0)

  /// Where relevance goes.
  public enum Flow: Hashable, Sendable {
    /// On as it is, to the input of this number, or where there is none to the first input of the same shape.
    case passed(to: Int?)
    /// To members of groups.
    case shared([Group])
  }

  /// Members that share relevance in proportion to what they contribute.
  public struct Group: Hashable, Sendable {
    /// What contributes.
    public var members: [Member]
    /// The part of the relevance that the group gets; negative shares take relevance away.
    public var share: Float
    /// The outputs whose relevance it gets.
    public var outputs: Outputs

    /// Members, with the share of the relevance that they get together.
    public init(_ members: [Member], share: Float = 1, outputs: Outputs = .all) {
      (self.members, self.share, self.outputs) = (members, share, outputs)
    }
  }

  /// A part of the input times a part of the weights.
  public struct Member: Hashable, Sendable {
    /// The part of the input, `x_m`.
    public var input: InputPart
    /// The part of the weights, `W_m`.
    public var weights: WeightPart
    /// Whether what it contributes is subtracted.
    public var isSubtracted: Bool

    /// A part of the input times a part of the weights.
    public init(_ input: InputPart, _ weights: WeightPart, isSubtracted: Bool = false) {
      (self.input, self.weights, self.isSubtracted) = (input, weights, isSubtracted)
    }
  }

  /// A part of a step's input.
  public enum InputPart: Hashable, Sendable {
    /// `x`
    case all
    /// `max(0, x)`
    case positive
    /// `min(0, x)`
    case negative
    /// One everywhere, whatever the input.
    case ones
    /// A number for each channel of `[channels, …]`, or a single one for all, whatever the input: a bound of pixels.
    case bound([Float])
  }

  /// A part of a step's weights, and of its bias.
  public enum WeightPart: Hashable, Sendable {
    /// `w`
    case all
    /// `max(0, w)`
    case positive
    /// `min(0, w)`
    case negative
    /// One everywhere, whatever the weights.
    case ones
    /// `w²`
    case squared
    /// `w + γ max(0, w)`
    case positiveReinforced(Float)
    /// `w + γ min(0, w)`
    case negativeReinforced(Float)
  }

  /// Outputs of a step, by what it computed.
  public enum Outputs: Hashable, Sendable {
    /// Every one.
    case all
    /// Those above zero.
    case positive
    /// Those below zero.
    case negative

    /// Whether a scalar of the output is among them.
    public func includes(_ scalar: Float) -> Bool {
      switch self {
      case .all: true
      case .positive: scalar > 0
      case .negative: scalar < 0
      }
    }
  }

  /// `r / stab(z)`; zero where there is nothing to divide by.
  public func quotient(_ relevance: Float, by z: Float) -> Float {
    let divisor = z < 0 ? z - stabilizer : z + stabilizer
    return divisor == 0 ? 0 : relevance / divisor
  }

  /// The same with another `ε`.
  public func stabilized(by stabilizer: Float) -> Relevance {
    var relevance = self
    relevance.stabilizer = stabilizer
    return relevance
  }

  /// The same without a share for the bias, so that none of the relevance is lost to it.
  public func withoutBias() -> Relevance {
    var relevance = self
    relevance.includesBias = false
    return relevance
  }
}
