public import AttributionKit
import Tensors

/// Attention rollout: attention from the last block to the first, with the residual connections as attention to oneself.
///
///     M = Â_L ⋯ Â₂ Â₁,        Â_l = ½ (mean_h A_l + I)                                   (eq. 1)
///
/// The row of the token that the score is read from is shown, or the mean of several. It knows nothing of the score.
public struct AttentionRollout: AttributionMethod {
  public var start: Int

  public init(start: Int = 0) { self.start = start }

  public func cost(on model: (any ModelAdapter)?) -> Cost { .zero }

  /// The map on the grid of the patches; with what goes to other tokens, it adds up to one.
  ///
  /// - Throws: ``AttributionError/unfollowedAttention(_:)`` where attention is not among the same tokens in all blocks.
  public func attribution(in session: ExplanationSession) throws -> Attribution {
    let chain = try AttentionChain(of: session.model).starting(at: start)
    let rows = try chain.product { block in
      let mean = 1 / Float(block.heads) * (try session.attention(of: block).channelSum())
      return 0.5 * (mean + .identity(chain.tokens.count))
    }
    return Attribution(chain.map(of: rows), at: chain.blocks[chain.blocks.count - 1].weights)
  }
}

extension AttentionRollout {
  public static let descriptor = MethodDescriptor(
    "attention-rollout", title: "Attention rollout", family: .transformers,
    summary: "Patches that reach the class token through the attention of all blocks; whatever the class.",
    citation: "Abnar & Zuidema, ACL 2020, arXiv:2005.00928", needs: [.attentionChain], prototype: AttentionRollout(),
    parameters: [
      Parameter("start", \.start, help: "the first block that is followed", expected: "a block's number from 0") {
        $0 >= 0
      }
    ])
}
