import AttributionKit
import Tensors

/// Which of a block's heads are looked at.
public enum AttentionHead: Hashable, Sendable, LosslessStringConvertible {
  /// The mean over all heads.
  case mean
  /// The largest weight of any head.
  case max
  /// The head of this number, from 0.
  case number(Int)

  public init?(_ description: String) {
    switch description {
    case "mean": self = .mean
    case "max": self = .max
    default:
      guard let number = Int(description), number >= 0 else { return nil }
      self = .number(number)
    }
  }

  public var description: String {
    switch self {
    case .mean: "mean"
    case .max: "max"
    case .number(let number): "\(number)"
    }
  }

  /// Of weights `[windows · heads, queries, keys]` a matrix `[queries, keys]` for each window.
  func choosing(from weights: Tensor, of block: AttentionBlock) throws -> [Tensor] {
    try (0..<block.windows).map { window in
      let heads = (0..<block.heads).map { weights.channel(window * block.heads + $0) }
      switch self {
      case .number(let number):
        guard heads.indices.contains(number) else {
          throw AttributionError.unusableParameter(
            "head", value: "\(number)", method: "attention", expected: "a number from 0 to \(block.heads - 1)")
        }
        return heads[number]
      case .max: return heads.dropFirst().reduce(heads[0]) { $0.maximum(with: $1) }
      case .mean: return 1 / Float(block.heads) * heads.dropFirst().reduce(heads[0], +)
      }
    }
  }
}
