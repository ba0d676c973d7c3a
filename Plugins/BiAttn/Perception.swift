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
      return (mean.transposed() * (values / tokens)).transposed()
    case .head:
      let gradient = try session.attentionGradient(of: block)
      let importance = (0..<block.heads).map { head in
        let product = attention.channel(head).transposed().matrixProduct(gradient.channel(head))
        return product.magnitudes().mean().reshaped([1])
      }
      // Where none has to do with its gradient, all count alike.
      let shares = Tensor(joining: importance).reshaped([1, block.heads]).normalizedRows().reshaped([block.heads])
      let alike = Tensor(repeating: 1 / Float(block.heads), shape: [block.heads])
      let isNothing = 1 + (-1 * shares.total())
      return attention.channelSum(weighedBy: shares + isNothing * alike)
    }
  }
}

extension Tensor {
  /// The Euclidean length of each row of `[rows, columns]`.
  fileprivate func rowNorms() -> Tensor { (self * self).spatialSum().squareRoots() }
}
