/// A tensor that a network reads from its weights.
public struct Parameter: Hashable, Sendable {
  /// The full name: `layer1.0.conv1.weight`.
  public let name: String
  public let shape: [Int]
  /// Whether training gathers it rather than learns it; published counts of parameters leave such tensors out.
  public let isStatistic: Bool

  /// Whether the graph reads the matrix with its rows and columns exchanged, `[inputs, outputs]`.
  var isTransposed = false

  public var count: Int { shape.reduce(1, *) }

  /// The shape that the graph reads.
  var readShape: [Int] { isTransposed ? shape.reversed() : shape }
}
