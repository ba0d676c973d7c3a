public import AttributionKit
import Tensors

/// LeGrad: how much the attention of each block could raise the score of that block's own tokens.
///
///     E_l = 1/(h·n) Σ_h Σ_i max(0, ∂y_l/∂A_l)_{h,i,·},        M = 1/L Σ_l E_l
///
/// `y_l` is the score that the network's head gives to the tokens behind block `l`, as if it were the last: the gradient
/// crosses that one block only, and does not fade from block to block. The paper's scaling to 0…1 is left to the display.
public struct LeGrad: AttributionMethod {
  public var start: Int

  public init(start: Int = 0) { self.start = start }

  /// Each block is walked once, and the head once for each.
  public func cost(on model: (any ModelAdapter)?) -> Cost { .walk(under: "legrad") }

  /// The mean over the blocks, on the grid of the patches.
  ///
  /// - Throws: ``AttributionError/unfollowedAttention(_:)`` where attention is not among the same tokens in all blocks, or
  ///   it cannot be told which tokens come out of them.
  public func attribution(in session: ExplanationSession) throws -> Attribution {
    let chain = try AttentionChain(of: session.model).starting(at: start)
    let last = chain.blocks[chain.blocks.count - 1]
    var sum = Tensor(repeating: 0, shape: [chain.tokens.count])
    for block in chain.blocks {
      let gradient = try session.attentionGradient(of: block, readInPlaceOf: last).rectified()
      let rows = gradient.reshaped([block.heads * block.queryCount, block.keyCount])
      sum = sum + 1 / Float(rows.shape[0]) * rows.channelSum()
    }
    return Attribution(chain.tokens.map(of: 1 / Float(chain.blocks.count) * sum), at: last.weights)
  }
}

extension LeGrad {
  public static let descriptor = MethodDescriptor(
    "legrad", title: "LeGrad", family: .transformers,
    summary: "Patches whose attention, block by block, would raise the score of that block's tokens.",
    citation: "Bousselham et al., ICCV 2025, arXiv:2404.03214", needs: [.gradients, .tokensBehindBlocks],
    prototype: LeGrad(),
    parameters: [
      Parameter("start", \.start, help: "the first block that counts", expected: "a block's number from 0") { $0 >= 0 }
    ])
}
