public import AttributionKit

/// Layer-wise relevance propagation: the score handed back layer by layer, each sharing out what it gets.
///
///     Rᵢ = Σⱼ zᵢⱼ / Σₖ zₖⱼ · Rⱼ,    zᵢⱼ = xᵢ wᵢⱼ, or a part of it                      (eqs. 56–60)
///
/// Which part is the rule of a layer; a composite chooses a rule by a layer's kind and place.
public struct LRP: RelevanceMethod {
  public var composite: LRPComposite
  public var layer: AttributedLayer
  /// `ε` of fully connected layers.
  public var epsilon: Float
  /// `γ` of ``LRPComposite/epsilonGammaBox``.
  public var gamma: Float
  /// Whether biases take their share of the relevance, which is then lost.
  public var includesBias: Bool
  /// Rules of single layers, which go before the composite's.
  public var exceptions: LRPExceptions

  public init(
    composite: LRPComposite = .epsilonPlusFlat, layer: AttributedLayer = .input, epsilon: Float = 1e-6,
    gamma: Float = 0.25, includesBias: Bool = true, exceptions: LRPExceptions = .none
  ) {
    self.composite = composite
    self.layer = layer
    self.epsilon = epsilon
    self.gamma = gamma
    self.includesBias = includesBias
    self.exceptions = exceptions
  }

  public func rules(in session: ExplanationSession) throws -> RelevanceRules {
    let bounds = usesBounds ? try session.pixelBounds() : nil
    var rules = RelevanceRules(.epsilon(epsilon), over: session.steps)
    composite.set(&rules, gamma: gamma, bounds: bounds)
    rules.named = try exceptions.rules(in: session, self, bounds: bounds)
    return includesBias ? rules : rules.withoutBiases()
  }

  public func facts(in session: ExplanationSession) throws -> [Fact] { usesBounds ? session.factsOnBounds : [] }

  /// One walk back of its own; where pixels have bounds and the network scales them first, two passes for the bounds.
  public func cost(on model: (any ModelAdapter)?) -> Cost {
    let walk = Cost.walk(under: "lrp \(composite) \(epsilon) \(gamma) \(includesBias) \(exceptions)")
    return usesBounds && model?.preparesItsImage == true ? walk + .forward(2) : walk
  }

  private var usesBounds: Bool { composite.usesBounds || exceptions.useBounds }
}

extension LRP {
  public static let descriptor = MethodDescriptor(
    "lrp", title: "LRP", family: .propagation,
    summary: "Each pixel's share of the score, as its layers hand it back by rules that keep the sum.",
    citation: "Bach et al., PLOS ONE 2015, doi:10.1371/journal.pone.0130140", needs: [.gradients], prototype: LRP(),
    parameters: [
      Parameter("composite", \.composite, help: "which rule goes with which layer", among: LRPComposite.allCases)
        .standingAlone(),
      .layer(\.layer),
      Parameter(
        "epsilon", \.epsilon, help: "what keeps fully connected layers from dividing by zero",
        expected: "a number above zero"
      ) { $0 > 0 && $0.isFinite },
      Parameter(
        "gamma", \.gamma, help: "how much epsilon-gamma-box favours what agrees with a unit's sign",
        expected: "a number from zero"
      ) { $0 >= 0 && $0.isFinite },
      Parameter(
        "bias", \.includesBias, help: "whether biases take their share of the relevance, which is then lost",
        expected: "true or false"),
      Parameter(
        "rules", \.exceptions, help: "rules of single layers by name or pattern, before the composite's",
        expected: LRPExceptions.expected),
    ])
}
