/// The part of the image that a scalar inside the network stands for: a box, in fractions of the image's height and width.
///
/// Bounds are quotients of whole numbers, correctly rounded, so that the same place is the same box whatever grid it was
/// reached by: rows 2 and 3 of 14 are row 1 of 7.
package struct Region: Hashable, Sendable {
  package var top: Float
  package var left: Float
  package var bottom: Float
  package var right: Float

  package init(top: Float, left: Float, bottom: Float, right: Float) {
    (self.top, self.left, self.bottom, self.right) = (top, left, bottom, right)
  }

  /// What stands for the image as a whole or for nothing in it: constants, class tokens, whatever mixes all places.
  package static let whole = Region(top: 0, left: 0, bottom: 1, right: 1)

  /// What a padding adds.
  static let padding = Region(top: 1, left: 1, bottom: 0, right: 0)

  /// What a window makes of padding that is wider than it needs.
  static let outside = Region(top: 2, left: 2, bottom: 0, right: 0)

  private var isBeside: Bool { self == .padding || self == .outside }

  /// Whether this is a place in the image, rather than the whole of it or what lies beside it.
  package var isPlace: Bool { self != .whole && !isBeside }

  var area: Float { (bottom - top) * (right - left) }

  func contains(_ other: Region) -> Bool {
    top <= other.top && left <= other.left && bottom >= other.bottom && right >= other.right
  }

  /// The region of a scalar computed from one of each: the narrower, where one lies in the other.
  ///
  /// Two places apart make no place.
  func meeting(_ other: Region) -> Region {
    if self == other { return self }
    if isBeside { return other.isPlace ? other : self }
    if other.isBeside { return isPlace ? self : other }
    if contains(other) { return other }
    return other.contains(self) ? self : .whole
  }

  /// The region of a weighted sum of scalars of these regions.
  ///
  /// Places that tile a box become that box, as where patches merge; a place keeps its own beside wider ones.
  static func mixing(_ regions: some Sequence<Region>) -> Region {
    var distinct = Set(regions)
    if distinct.count == 1 { return distinct.first! }
    let hasWhole = distinct.remove(.whole) != nil
    let beside = distinct.contains(.outside) ? Region.outside : .padding
    distinct.subtract([.padding, .outside])
    guard var hull = distinct.first, var least = distinct.first else { return hasWhole ? .whole : beside }
    var area: Float = 0
    for region in distinct {
      area += region.area
      if region.area < least.area { least = region }
      hull = Region(
        top: min(hull.top, region.top), left: min(hull.left, region.left), bottom: max(hull.bottom, region.bottom),
        right: max(hull.right, region.right))
    }
    if abs(area - hull.area) <= 1e-3 * hull.area { return hull }
    return distinct.allSatisfy { $0.contains(least) } ? least : .whole
  }
}
