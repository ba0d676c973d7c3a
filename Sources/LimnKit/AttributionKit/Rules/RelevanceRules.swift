/// Rules of relevance propagation for every step of a network: a composite, which methods differ in by the rules for steps
/// with weights.
///
/// What the others get is the same for all unless it is said otherwise, so that relevance is conserved wherever a rule
/// that does so is known:
///
/// | step | rule |
/// |---|---|
/// | activation function | passed on (Bach et al., PLOS ONE 2015) |
/// | batch or local response normalisation that is not folded into weights | passed on, as in zennit |
/// | layer normalisation | ε, what it divides by taken as a constant (AttnLRP, proposition 3.4) |
/// | sum, average, interpolation, scale and shift | ε: in proportion to what each input adds |
/// | product with a gate | to what is gated ("signal takes all", arXiv:1706.07206) |
/// | any other product, scalar by scalar or of matrices | equal shares (AttnLRP, proposition 3.3) |
/// | softmax | its Jacobian (AttnLRP, proposition 3.1) |
/// | maximum, reordered or joined scalars | along with what was chosen or moved |
/// | anything else | its Jacobian; ``unruled(among:)`` names them |
public struct RelevanceRules: GradientRule {
  /// For convolutions.
  public var convolution: Relevance
  /// For fully connected layers and products with constant weights.
  public var dense: Relevance
  /// For the linear step that sees the input itself; as for others of its kind unless set.
  public var first: Relevance?
  /// For the linear steps that compute the logits; as for others of their kind unless set.
  public var last: Relevance?
  /// For single linear steps by name, before all others.
  public var named: [String: Relevance] = [:]
  /// `ε` of the rules for steps without weights.
  public var stabilizer: Float = 1e-6
  /// For a sum of two activations; `nil` for ε.
  public var sum: Relevance?
  /// For a scale and a shift by constants that belong to no linear step; `nil` for ε.
  public var affine: Relevance?
  /// For layer normalisation; `nil` for ε.
  public var layerNormalization: Relevance?
  /// For a product of two matrices, as in attention; `nil` for equal shares.
  public var matrixProduct: Relevance?
  /// For a softmax.
  public var softmax = Relevance.epsilon(0)
  /// What the steps are to each other.
  public let roles: StepRoles

  /// The same rule for convolutions and fully connected layers, until others are set.
  ///
  /// - Parameters:
  ///   - linear: for steps with weights.
  ///   - steps: all steps of the pass that is walked back.
  public init(_ linear: Relevance, over steps: [Step]) {
    convolution = linear
    dense = linear
    roles = StepRoles(of: steps)
  }

  public func crossing(_ step: Step) -> Crossing {
    switch step.kind {
    case .linear: .relevance(linear(step))
    case .activation: .relevance(.pass)
    case .normalization:
      .relevance(step.operatorName == "LayerNormalization" ? layerNormalization ?? proportional : .pass)
    case .sum: .relevance(sum ?? proportional)
    case .affine: .relevance(roles.preparing.contains(step.name) ? .pass : affine ?? proportional)
    case .softmax: .relevance(softmax)
    case .matrixProduct: .relevance(matrixProduct ?? equal)
    case .product: .relevance(roles.signals[step.name].map { .pass(to: $0) } ?? equal)
    case .pooling(.average), .pooling(.norm), .resizing: .relevance(proportional)
    case .pooling(.max), .movement: .derivative
    case .other: .relevance(Self.scalers.contains(step.operatorName) ? .pass(to: 0) : proportional)
    }
  }

  private var proportional: Relevance { .epsilon(stabilizer) }

  private var equal: Relevance { .equalShares(stabilizer) }

  private func linear(_ step: Step) -> Relevance {
    if let own = named[step.name] { return own }
    if step.isFirst, let first { return first }
    if roles.last.contains(step.name), let last { return last }
    return step.operatorName.hasSuffix("Convolution") ? convolution : dense
  }

  /// The same without shares for the biases of steps with weights.
  public func withoutBiases() -> RelevanceRules {
    var rules = self
    (rules.convolution, rules.dense) = (convolution.withoutBias(), dense.withoutBias())
    (rules.first, rules.last) = (first?.withoutBias(), last?.withoutBias())
    rules.named = named.mapValues { $0.withoutBias() }
    return rules
  }

  /// The steps that relevance comes to and no rule is known for, so that their Jacobian stands in.
  public func unruled(among steps: [Step]) -> [Step] {
    // What nobody reads is an answer.
    let read = Set(steps.flatMap(\.inputs))
    var reached = Set(steps.map(\.name)).subtracting(read).union(roles.last)
    let unruled = steps.reversed().filter { step in
      guard reached.contains(step.name) else { return false }
      reached.formUnion(heirs(of: step))
      return step.kind == .other && !Self.scalers.contains(step.operatorName)
        && !Self.linear.contains(step.operatorName)
    }
    return unruled.reversed()
  }

  /// What a step reads and relevance may go to.
  private func heirs(of step: Step) -> [String] {
    guard case .relevance(let relevance) = crossing(step) else { return step.inputs }
    switch relevance.flow {
    case .passed(let input?): return [step.inputs[input]]
    case .shared([]): return []
    case .passed(nil), .shared: return step.inputs
    }
  }

  /// Operators that bring their first input to another scale: a quotient, as where an embedding is divided by its norm,
  /// and roundings.
  private static let scalers: Set = ["Divide", "Quantization", "DynamicQuantization"]

  /// Operators that choose among scalars, or add them up, of which the Jacobian says exactly what comes from where.
  private static let linear: Set = ["Where", "Maximum", "Minimum", "TopK", "Scattering", "CumulativeSum", "Neg"]
}
