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

  /// Of weights `[windows · heads, queries, keys]` one matrix for each window, one after the other.
  func choosing(from weights: Tensor, of block: AttentionBlock) throws -> [Float] {
    let area = block.queryCount * block.keyCount, scalars = weights.scalars
    return try (0..<block.windows).flatMap { window -> [Float] in
      let heads = (0..<block.heads).map { head in
        let start = (window * block.heads + head) * area
        return scalars[start..<start + area]
      }
      switch self {
      case .number(let number):
        guard heads.indices.contains(number) else {
          throw AttributionError.unusableParameter(
            "head", value: "\(number)", method: "attention", expected: "a number from 0 to \(block.heads - 1)")
        }
        return Array(heads[number])
      case .mean, .max:
        let all = heads.dropFirst().reduce(Array(heads[0])) { sum, head in
          zip(sum, head).map { self == .max ? Swift.max($0, $1) : $0 + $1 }
        }
        return self == .max ? all : all.map { $0 / Float(block.heads) }
      }
    }
  }
}
