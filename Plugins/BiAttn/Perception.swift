import AttributionKit
import Tensors

extension BiAttn.Form {
  /// `P`: how a block brings its tokens together, `[tokens, tokens]`.
  func perception(of block: AttentionBlock, in session: ExplanationSession) throws -> Tensor {
    let attention = try session.attention(of: block)
    switch self {
    case .token:
      guard let input = block.input else {
        throw AttributionError.unfollowedAttention(
          "which tokens its attention '\(block.weights.name)' reads cannot be told; use bi-attn(form=head)")
      }
      let values = try session.projectedValues(of: block).rowNorms()
      let tokens = try session.activation(at: input).rowNorms()
      let mean = 1 / Float(block.heads) * attention.channelSum()
      // Each column, that of a key, times its own factor.
      let factors = zip(values, tokens).map { $0 / $1 }
      return Tensor(mean.scalars.enumerated().map { $1 * factors[$0 % factors.count] }, shape: mean.shape)
    case .head:
      let gradient = try session.attentionGradient(of: block)
      let importance = (0..<block.heads).map { head in
        let product = attention.channel(head).transposed().matrixProduct(gradient.channel(head))
        return product.magnitudes().meanAndDeviation().mean
      }
      let sum = importance.reduce(0, +)
      let shares = importance.map { sum == 0 ? 1 / Float(block.heads) : $0 / sum }
      return attention.channelSum(weighedBy: Tensor(shares, shape: [block.heads]))
    }
  }
}

extension Tensor {
  /// The Euclidean length of each row of `[rows, columns]`.
  fileprivate func rowNorms() -> [Float] { (self * self).spatialSum().scalars.map { $0.squareRoot() } }
}
