public import AttributionKit
import Tensors

/// Generic attention explainability: rollout of attention that is weighed by its gradients, head by head.
///
///     Ā_l = mean_h max(0, ∂y/∂A_l ⊙ A_l),        R ← R + Ā_l R,  R = I at first                 (eqs. 5, 6)
public struct GenericAttention: AttributionMethod {
  public var start: Int

  public init(start: Int = 0) { self.start = start }

  public func gradientLayers(in model: any ModelAdapter) -> [Layer] {
    (model as? any AttentionModel)?.attentionBlocks.map(\.weights) ?? []
  }

  /// The row of the token that the score is read from, or the mean of several, on the grid of the patches.
  ///
  /// - Throws: ``AttributionError/unfollowedAttention(_:)`` where attention is not among the same tokens in all blocks.
  public func attribution(in session: ExplanationSession) throws -> Attribution {
    let chain = try AttentionChain(of: session.model).starting(at: start)
    let rows = try chain.product { block in
      let weighed = try session.attentionGradient(of: block) * session.attention(of: block)
      return .identity(chain.tokens.count) + 1 / Float(block.heads) * weighed.rectified().channelSum()
    }
    return Attribution(chain.map(of: rows), at: chain.blocks[chain.blocks.count - 1].weights)
  }
}

extension GenericAttention {
  public static let descriptor = MethodDescriptor(
    "generic-attention", title: "Generic attention", family: .transformers,
    summary: "Patches that reach the class token through attention that raises the score.",
    citation: "Chefer, Gur & Wolf, ICCV 2021, arXiv:2103.15679", needs: [.gradients, .attentionChain],
    prototype: GenericAttention(),
    parameters: [
      Parameter("start", \.start, help: "the first block that is followed", expected: "a block's number from 0") {
        $0 >= 0
      }
    ])
}
