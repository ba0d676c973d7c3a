public import AttributionKit
import Tensors

/// Transformer attribution: rollout of the relevance of attention, weighed by its gradients.
///
///     Ā_l = I + mean_h max(0, ∂y/∂A_l ⊙ R(A_l)),        M = Ā_L ⋯ Ā₂ Ā₁                        (eqs. 13, 14)
///
/// `R(A_l)` is the relevance that reaches the attention of a block by the paper's rules, ``TransformerRelevance``.
public struct TransformerAttribution: AttributionMethod {
  /// Whether each row of `Ā_l` is divided by its sum, as in attention rollout; the authors' code has that line switched
  /// off.
  public var isNormalized: Bool
  public var start: Int

  public init(isNormalized: Bool = false, start: Int = 0) {
    self.isNormalized = isNormalized
    self.start = start
  }

  public func gradientLayers(in model: any ModelAdapter) -> [Layer] {
    (model as? any AttentionModel)?.attentionBlocks.map(\.weights) ?? []
  }

  public func cost(on model: (any ModelAdapter)?) -> Cost { .shared + .walk(under: "transformer-relevance") }

  /// The row of the token that the score is read from, or the mean of several, on the grid of the patches.
  ///
  /// - Throws: ``AttributionError/unfollowedAttention(_:)`` where attention is not among the same tokens in all blocks;
  ///   ``RuleError`` where relevance cannot cross a step.
  public func attribution(in session: ExplanationSession) throws -> Attribution {
    let chain = try AttentionChain(of: session.model).starting(at: start)
    let rows = try chain.product { block in
      let relevance = try session.attentionGradient(of: block, under: TransformerRelevance())
      let weighed = try session.attentionGradient(of: block) * relevance
      let matrix = .identity(chain.tokens.count) + 1 / Float(block.heads) * weighed.rectified().channelSum()
      return isNormalized ? matrix.normalizedRows() : matrix
    }
    return Attribution(chain.map(of: rows), at: chain.blocks[chain.blocks.count - 1].weights)
  }
}

extension TransformerAttribution {
  public static let descriptor = MethodDescriptor(
    "transformer-attribution", title: "Transformer attribution", family: .transformers,
    summary: "Patches that reach the class token through attention that is relevant and raises the score.",
    citation: "Chefer, Gur & Wolf, CVPR 2021, arXiv:2012.09838", needs: [.gradients, .attentionChain],
    prototype: TransformerAttribution(),
    parameters: [
      Parameter(
        "normalized", \.isNormalized, help: "divide the rows of each block's matrix by their sums",
        expected: "true or false"),
      Parameter("start", \.start, help: "the first block that is followed", expected: "a block's number from 0") {
        $0 >= 0
      },
    ])
}
