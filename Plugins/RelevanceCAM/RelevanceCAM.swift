public import AttributionKit
public import Tensors

/// Relevance-CAM: a channel matters as much as the relevance that the score hands back to it.
///
///     wₖ = Σᵢⱼ Rₖᵢⱼ
///
/// `R` is relevance propagated to the layer by the z⁺ rule, and begins at the outputs with the class's score, less that
/// same score shared out among all others (contrastive relevance propagation).
public struct RelevanceCAM: ClassActivationMapping {
  public var targetLayer: TargetLayer

  public init(targetLayer: TargetLayer = .automatic) { self.targetLayer = targetLayer }

  /// - Throws: ``AttributionError/notAboutAClass`` where the score is about no class of the output explained;
  ///   ``RuleError`` where the network's adapter hands out no weights.
  public func channelWeights(of layer: Layer, in session: ExplanationSession) throws -> Tensor {
    let beginning = try session.retargeted(to: ContrastiveRelevance(base: session.target))
    return try beginning.gradient(at: layer, under: PositiveRelevance()).spatialSum()
  }

  /// One walk back, by a rule of its own.
  public func cost(on model: (any ModelAdapter)?) -> Cost { .walk(under: "relevance-cam") }
}

/// z⁺ at linear steps, their biases left out; relevance passes activation functions and normalisations as it is, and is
/// shared out in proportion by sums and means.
struct PositiveRelevance: GradientRule {
  private static let positive = {
    var rule = Relevance.zPlus
    rule.includesBias = false
    return rule
  }()

  func crossing(_ step: Step) -> Crossing {
    switch step.kind {
    case .linear: .relevance(Self.positive)
    case .activation, .normalization, .affine: .relevance(.pass)
    case .sum, .pooling(.average), .pooling(.norm), .resizing: .relevance(.epsilon())
    case .matrixProduct, .product: .relevance(.equalShares())
    case .softmax: .relevance(.epsilon(0))
    case .pooling(.max), .movement: .derivative
    case .other: .relevance(.epsilon())
    }
  }
}

/// Where the relevance begins: `y` at the class, `−y / (N − 1)` at each of the others.
///
/// Of a segmentation so at each place, by the part that the place has in the score.
struct ContrastiveRelevance: Target {
  let base: any Target

  func score(of outputs: Outputs) throws -> Score {
    let score = try base.score(of: outputs), logits = outputs.logits
    guard let own = score.classIndex, let slope = score.cotangents.explained, slope.shape == logits.shape,
      (0..<logits.shape[0]).contains(own)
    else { throw AttributionError.notAboutAClass }
    let (classes, places) = (logits.shape[0], logits.scalars.count / logits.shape[0])
    var relevance = Tensor(repeating: 0, shape: logits.shape)
    for p in 0..<places {
      let part = slope.scalars[own * places + p] * logits.scalars[own * places + p]
      for k in 0..<classes { relevance[k * places + p] = k == own ? part : -part / Float(classes - 1) }
    }
    return Score(value: score.value, cotangent: relevance, classIndex: own)
  }
}

extension RelevanceCAM {
  public static let descriptor = MethodDescriptor(
    "relevance-cam", title: "Relevance-CAM", family: .cams,
    summary: "Regions whose features are relevant to the score and not to others, also on shallow layers.",
    citation: "Lee et al., CVPR 2021, doi:10.1109/CVPR46437.2021.01470",
    needs: [.gradients, .spatialLayer, .classScores], prototype: RelevanceCAM(), parameters: [.layer(\.targetLayer)])
}
