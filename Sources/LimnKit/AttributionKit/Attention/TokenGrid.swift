public import Tensors

/// Which tokens of a sequence stand for which part of the image.
///
/// Tokens that lie in several windows are numbered through, window after window.
public struct TokenGrid: Hashable, Sendable {
  /// How many tokens there are, those without a place included.
  public let count: Int
  public let height: Int
  public let width: Int
  /// The token of each cell, cells in row-major order.
  public let patches: [Int]

  /// A grid of patches among `count` tokens.
  ///
  /// - Parameters:
  ///   - count: how many tokens there are.
  ///   - height: how many rows of patches.
  ///   - width: how many columns.
  ///   - patches: the token of each cell, cells in row-major order, all of them different.
  public init(count: Int, height: Int, width: Int, patches: [Int]) {
    precondition(patches.count == height * width, "\(patches.count) tokens for a grid of \(height) × \(width)")
    precondition(patches.allSatisfy((0..<count).contains), "a cell's token is none of \(count)")
    self.count = count
    self.height = height
    self.width = width
    self.patches = patches
  }

  /// The tokens that stand for no part of the image: a class token, registers, padding.
  public var others: [Int] {
    let places = Set(patches)
    return (0..<count).filter { !places.contains($0) }
  }

  /// Numbers for all tokens, `[count]`, as a map of the patches: `[height, width]`.
  public func map(of values: Tensor) -> Tensor {
    precondition(values.scalars.count == count, "\(values.shape) numbers for \(count) tokens")
    return values.taken(at: patches, shape: [height, width])
  }
}
