public import Images
import Tensors

/// A picture of some objects over a textured background, with the exact mask of each.
///
/// The same kinds, seed and side give the same bytes on every platform; the same kinds and seed at another side give
/// the same picture at another size.
public struct Scene: Sendable {
  /// One object of a scene.
  public struct Object: Hashable, Sendable {
    public let kind: ObjectKind
    /// Which pixels the object covers by at least half, row by row; shadows do not count.
    public let mask: [Bool]
  }

  /// The picture, `side` pixels wide and high.
  public let raster: Raster
  /// The objects, in the order asked for.
  public let objects: [Object]

  /// Draws the scene.
  ///
  /// - Parameters:
  ///   - kinds: what it shows; several objects shrink to find room beside one another.
  ///   - seed: decides everything else: background, colours, sizes, places, tilts and details.
  ///   - side: the width and height in pixels.
  public init(kinds: [ObjectKind], seed: UInt64, side: Int) {
    precondition(side > 0, "A scene needs at least one pixel a side.")
    var random = SplitMix64(seed: seed)
    let backdrop = Backdrop(pixel: 1 / Float(side), using: &random)
    var canvas = Canvas(side: side, backdrop: backdrop)
    var coverages: [[Float]] = []
    for (kind, placement) in zip(kinds, Placement.random(for: kinds, using: &random)) {
      let palette = Palette(avoiding: backdrop.hue, using: &random)
      let coverage = canvas.paint(kind.drawing(palette, using: &random), at: placement)
      // What a later object hides no longer belongs to the earlier one.
      for earlier in coverages.indices {
        for i in coverage.indices { coverages[earlier][i] *= 1 - coverage[i] }
      }
      coverages.append(coverage)
    }
    raster = canvas.raster
    objects = zip(kinds, coverages).map { Object(kind: $0, mask: $1.map { $0 >= 0.5 }) }
  }

  /// The scene of a training set that belongs to a seed: one object of a random kind, or two of different kinds.
  public init(pair: Bool, seed: UInt64, side: Int) {
    // Another stream than the drawing's own, so that the kind tells nothing about the colours to come.
    var random = SplitMix64(seed: ~seed)
    let first = random.integer(below: ObjectKind.allCases.count)
    let others = 1 + random.integer(below: ObjectKind.allCases.count - 1)
    let second = (first + others) % ObjectKind.allCases.count
    self.init(kinds: (pair ? [first, second] : [first]).map { ObjectKind.allCases[$0] }, seed: seed, side: side)
  }
}
