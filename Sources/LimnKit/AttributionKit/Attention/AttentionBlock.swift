@_spi(Limn) import Tensors

/// Attention at one point of a network: `softmax(QKᵀ·s + mask)·V`, for each of its heads.
public struct AttentionBlock: Hashable, Sendable {
  /// What the softmax computes: for each head and query a weight for each key, as the network holds them.
  public let weights: Layer
  /// How many windows attend each within itself; one where all tokens see all.
  public let windows: Int
  public let heads: Int
  /// How many queries, and keys, there are in a window.
  public let queryCount: Int
  public let keyCount: Int
  /// Where in the image the queries are; `nil` where they make no grid, such as a class token by itself.
  public let queries: TokenGrid?
  /// Where in the image the keys are, and with them the values.
  public let keys: TokenGrid
  /// The queries, of all windows, on whose answers the score can depend: a class token alone in the last block of many a
  /// network.
  public let readout: [Int]
  /// The tokens that the block reads, before any normalisation, `[tokens, features]`; `nil` where that cannot be told.
  public let input: Layer?
  /// The tokens behind the block and the feed-forward layers that follow it, where the next block begins; `nil` where
  /// that cannot be told.
  public let output: Layer?

  /// A block of attention.
  ///
  /// - Parameters:
  ///   - weights: of as many scalars as all windows, heads, queries and keys together, in this order.
  ///   - windows: how many windows there are.
  ///   - heads: how many heads.
  ///   - queries: where the queries are; `nil` where they make no grid.
  ///   - keys: where the keys are.
  ///   - readout: the queries that the score depends on; all of them unless said.
  ///   - input: the tokens that the block reads.
  ///   - output: the tokens behind it.
  public init(
    weights: Layer, windows: Int = 1, heads: Int, queries: TokenGrid?, keys: TokenGrid, readout: [Int]? = nil,
    input: Layer? = nil, output: Layer? = nil
  ) {
    let count = weights.nativeShape.reduce(1, *), keyCount = keys.count / windows
    precondition(
      keyCount * windows == keys.count && count % (heads * keys.count) == 0,
      "\(spelled(weights.nativeShape)) weights for \(windows) windows, \(heads) heads and \(keys.count) keys")
    self.weights = weights.native
    self.windows = windows
    self.heads = heads
    self.keyCount = keyCount
    queryCount = count / (heads * keys.count)
    self.queries = queries
    self.keys = keys
    self.readout = readout ?? Array(0..<windows * queryCount)
    self.input = input?.native
    self.output = output?.native
  }

  /// Whether all tokens attend to all, themselves included: the queries are the keys.
  public var isAmongSameTokens: Bool { windows == 1 && queries == keys }

  /// The block's shape as methods see it, windows outermost: `[windows · heads, queries, keys]`.
  public var shape: [Int] { [windows * heads, queryCount, keyCount] }
}
