extension Need {
  /// Attention to patches of the image, in one block at least.
  public static let attention = Need("attention", words: "attention") { _, model in missingAttention(in: model) }

  /// Attention among one and the same tokens in all blocks, so that it can be followed from the last to the first.
  public static let attentionChain = Need("attention-chain", words: "attention among the same tokens in all blocks") {
    _, model in AttentionChain.obstacle(in: model)
  }

  /// Tokens that come out of every block of attention alike, so that the network's head can read any of them.
  public static let tokensBehindBlocks = Need("tokens-behind-blocks", words: "tokens of one shape behind its blocks") {
    _, model in
    if let reason = AttentionChain.obstacle(in: model) { return reason }
    let outputs = (model as? any AttentionModel)?.attentionBlocks.map { $0.output?.nativeShape } ?? []
    return outputs.allSatisfy { $0 != nil && $0 == outputs.last }
      ? nil : "which tokens come out of its blocks cannot be told; use generic-attention, which does not ask"
  }

  /// Why a model has no attention that can be shown, in a clause; `nil` where it has.
  static func missingAttention(in model: any ModelAdapter) -> String? {
    guard let model = model as? any AttentionModel else {
      return "the network's adapter names no attention; use grad-cam, which needs none"
    }
    guard model.attentionBlocks.isEmpty else { return nil }
    guard let unplaced = model.unplacedAttention.first else {
      return "the network has no attention to parts of the image; use grad-cam, which needs none"
    }
    return "which parts of the image its attention '\(unplaced)' is to cannot be told; use grad-cam, which needs none"
  }
}
