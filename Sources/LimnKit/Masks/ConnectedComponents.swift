extension Segmentation {
  /// The pixels that equal ones connect, over their four sides: each such region is a segment.
  ///
  /// Two passes over the pixels, with a forest of regions that were found to be one (Wu, Otoo & Suzuki, *Optimizing two-pass
  /// connected-component labeling algorithms*, 2009): linear, but for the inverse of Ackermann's function.
  ///
  /// - Parameters:
  ///   - values: What each pixel is, in row-major order: `true` and `false` of a mask, or labels.
  ///   - height: The number of rows.
  ///   - width: The number of columns.
  public init(connecting values: [some Equatable], height: Int, width: Int) {
    precondition(values.count == height * width, "\(values.count) values cannot fill \(height) × \(width)")
    var forest = RegionForest(count: values.count)
    for y in 0..<height {
      for p in y * width..<(y + 1) * width {
        if p > y * width, values[p] == values[p - 1] { forest.join(p, p - 1) }
        if y > 0, values[p] == values[p - width] { forest.join(p, p - width) }
      }
    }
    self.init(values.indices.map { forest.root(of: $0) }, height: height, width: width)
  }
}

/// Trees of places, each tree a region.
private struct RegionForest {
  private var parents: [Int]

  init(count: Int) { parents = Array(0..<count) }

  /// The first place of the region, to which the way is halved for those who ask next.
  mutating func root(of place: Int) -> Int {
    var place = place
    while parents[place] != place {
      parents[place] = parents[parents[place]]
      place = parents[place]
    }
    return place
  }

  mutating func join(_ a: Int, _ b: Int) {
    let (a, b) = (root(of: a), root(of: b))
    parents[max(a, b)] = min(a, b)
  }
}
