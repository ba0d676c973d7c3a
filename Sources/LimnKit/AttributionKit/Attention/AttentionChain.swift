public import Tensors

/// The attention of a network from its first block to its last, where all of it is among one and the same tokens: what
/// rollout follows.
public struct AttentionChain: Hashable, Sendable {
  /// One or more, in evaluation order.
  public let blocks: [AttentionBlock]
  /// Where the tokens are.
  public let tokens: TokenGrid
  /// The tokens that the score is read from behind the last block: the class token, or all that are averaged.
  public let readout: [Int]

  /// The attention of `model`.
  ///
  /// - Throws: ``AttributionError/unfollowedAttention(_:)`` with the reason where it cannot be followed.
  public init(of model: any ModelAdapter) throws {
    if let reason = Self.obstacle(in: model) { throw AttributionError.unfollowedAttention(reason) }
    blocks = (model as? any AttentionModel)?.attentionBlocks ?? []
    tokens = blocks[0].keys
    readout = blocks[blocks.count - 1].readout
  }

  /// Why attention cannot be followed from the first block to the last, in a clause; `nil` where it can.
  static func obstacle(in model: any ModelAdapter) -> String? {
    if let reason = Need.missingAttention(in: model) { return reason }
    guard let model = model as? any AttentionModel else { return nil }
    let blocks = model.attentionBlocks, use = "use attention, which shows one block, or grad-cam"
    if let unplaced = model.unplacedAttention.first {
      return
        "the tokens of its attention '\(unplaced)' have no known places, so that nothing can be followed through it; \(use)"
    }
    if let windowed = blocks.first(where: { $0.windows > 1 }) {
      return
        "its attention '\(windowed.weights.name)' stays within \(windowed.windows) windows, which other steps join; \(use)"
    }
    if let other = blocks.first(where: { !$0.isAmongSameTokens }) {
      return
        "its attention '\(other.weights.name)' has \(other.queryCount) queries for \(other.keyCount) keys, not the same "
        + "tokens; \(use)"
    }
    if let other = blocks.first(where: { $0.keys != blocks[0].keys }) {
      return "its tokens are others in '\(other.weights.name)' than in '\(blocks[0].weights.name)'; \(use)"
    }
    return nil
  }

  /// The chain from block `first` on, counted from zero.
  ///
  /// - Throws: ``AttributionError/unfollowedAttention(_:)`` where there is no such block.
  public func starting(at first: Int) throws -> AttentionChain {
    guard blocks.indices.contains(first) else {
      throw AttributionError.unfollowedAttention(
        "there is no block \(first): the network has \(blocks.count), numbered from 0")
    }
    return AttentionChain(blocks: Array(blocks[first...]), tokens: tokens, readout: readout)
  }

  private init(blocks: [AttentionBlock], tokens: TokenGrid, readout: [Int]) {
    (self.blocks, self.tokens, self.readout) = (blocks, tokens, readout)
  }

  /// `M_L ⋯ M₂ M₁`, the rows of those tokens that the score is read from: `[readers, tokens]`.
  ///
  /// - Parameter matrix: the matrix of a block, `[tokens, tokens]`; asked from the last block to the first.
  /// - Returns: a row for each token of ``readout``.
  /// - Throws: What `matrix` throws.
  public func product(_ matrix: (AttentionBlock) throws -> Tensor) throws -> Tensor {
    var rows = Tensor(repeating: 0, shape: [readout.count, tokens.count])
    for (row, token) in readout.enumerated() { rows[row * tokens.count + token] = 1 }
    // From the left, so that only the rows that are read are ever computed.
    for block in blocks.reversed() { rows = rows.matrixProduct(try matrix(block)) }
    return rows
  }

  /// The mean of rows, `[readers, tokens]`, on the grid of the patches: `[height, width]`.
  public func map(of rows: Tensor) -> Tensor {
    tokens.map(of: 1 / Float(max(1, readout.count)) * rows.channelSum())
  }
}
