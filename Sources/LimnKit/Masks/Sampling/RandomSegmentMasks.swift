public import Tensors

/// Random choices among the segments of an image, each by itself shown or hidden.
public struct RandomSegmentMasks: Hashable, Sendable {
  public let segmentation: Segmentation
  /// How likely a segment is shown.
  public let probability: Float
  public let seed: UInt64

  public init(of segmentation: Segmentation, probability: Float, seed: UInt64) {
    self.segmentation = segmentation
    self.probability = probability
    self.seed = seed
  }

  /// Which segments the mask of this number shows, always the same.
  public func choice(_ index: Int) -> [Bool] {
    var generator = SplitMix64(seed: seed, stream: index)
    return (0..<segmentation.count).map { _ in generator.uniform() < probability }
  }

  /// The mask of this number, `[height, width]`: 1 where the image is shown.
  public subscript(index: Int) -> Tensor { segmentation.mask(showing: choice(index)) }
}

extension Segmentation {
  /// 1 in the segments that are shown and 0 in the others: `[height, width]`.
  public func mask(showing choice: [Bool]) -> Tensor { map(of: choice.map { $0 ? 1 : 0 }) }
}
