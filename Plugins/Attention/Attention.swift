public import AttributionKit
import Tensors

/// Attention: what the tokens that the score is read from look at, in one block.
///
///     M_j = 1/|Q| Σ_{i∈Q} A_ij,        A = mean_h softmax(Q_h K_hᵀ / √d)
///
/// `Q` is the class token where the score is read from it alone, and all tokens where they are averaged. It knows nothing
/// of the score.
public struct Attention: AttributionMethod {
  public var targetLayer: TargetLayer
  public var head: AttentionHead

  public init(targetLayer: TargetLayer = .automatic, head: AttentionHead = .mean) {
    self.targetLayer = targetLayer
    self.head = head
  }

  public func cost(on model: (any ModelAdapter)?) -> Cost { .zero }

  /// The map on the grid of the block's keys.
  ///
  /// - Throws: ``AttributionError/unfollowedAttention(_:)`` where there is no attention,
  ///   ``AttributionError/unusableParameter(_:value:method:expected:)`` where the block has no such head; as
  ///   `TargetLayer.attentionBlock(of:)`.
  public func attribution(in session: ExplanationSession) throws -> Attribution {
    let block = try targetLayer.attentionBlock(of: session.model)
    let weights = try head.choosing(from: session.attention(of: block), of: block)
    let rows = readers(of: block, in: session.model)
    // Each query looks at the keys of its own window only.
    let received = weights.enumerated().map { window, matrix in
      var readers = Tensor(repeating: 0, shape: [1, block.queryCount])
      for row in rows where row / block.queryCount == window { readers[row % block.queryCount] += 1 }
      return readers.matrixProduct(matrix).reshaped([block.keyCount])
    }
    let mean = Float(block.windows) / Float(max(1, rows.count)) * Tensor(joining: received)
    return Attribution(block.keys.map(of: mean), at: block.weights)
  }

  /// The queries that the score is read from behind the last block, where this one has the same; or else its own.
  private func readers(of block: AttentionBlock, in model: any ModelAdapter) -> [Int] {
    guard let last = (model as? any AttentionModel)?.attentionBlocks.last, last.windows == block.windows,
      last.queryCount == block.queryCount, last.queries == block.queries
    else { return block.readout }
    return last.readout
  }
}

extension Attention {
  public static let descriptor = MethodDescriptor(
    "attention", title: "Attention", family: .transformers,
    summary: "Patches that the class token, or the mean token, looks at in one block; whatever the class.",
    citation: "Vaswani et al., NeurIPS 2017, arXiv:1706.03762", needs: [.attention], prototype: Attention(),
    parameters: [
      .attentionBlock(\.targetLayer),
      Parameter(
        "head", \.head, help: "which of the block's heads is shown",
        expected: "mean or max over the heads, or a head's number from 0"),
    ])
}
