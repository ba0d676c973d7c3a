/// Operators that compute scalars from several.
extension RegionMap {
  /// The map of a value computed from one scalar of each of two that broadcast.
  func meeting(_ other: RegionMap) -> RegionMap {
    if self == other { return self }
    let rank = max(self.rank, other.rank)
    if other.isWhole { return aligned(to: rank) }
    if isWhole { return other.aligned(to: rank) }
    let (a, b) = (aligned(to: rank), other.aligned(to: rank))
    let common = zip(a.extents, b.extents).map(max)
    let regions = zip(a.spread(over: common, strides: a.strides), b.spread(over: common, strides: b.strides))
    return RegionMap(extents: common, regions: regions.map { $0.meeting($1) })
  }

  /// Whether no scalar has a place of its own, as no constant's has.
  private var isWhole: Bool { regions == [.whole] }

  /// With axes of extent 1 in front, as broadcasting adds them.
  func aligned(to rank: Int) -> RegionMap {
    RegionMap(extents: Array(repeating: 1, count: rank - self.rank) + extents, regions: regions)
  }

  /// The map of a value whose scalars each mix all those along an axis; the axis stays, with extent 1.
  func mixed(along axis: Int) -> RegionMap {
    let extent = extents[axis], inner = extents[(axis + 1)...].reduce(1, *)
    guard extent > 1 else { return self }
    var result: [Region] = []
    for outer in stride(from: 0, to: regions.count, by: extent * inner) {
      for place in outer..<outer + inner {
        result.append(.mixing((0..<extent).lazy.map { regions[place + $0 * inner] }))
      }
    }
    var mixed = extents
    mixed[axis] = 1
    return RegionMap(extents: mixed, regions: result)
  }

  /// The map without axes of extent 1.
  func dropping(_ axes: [Int]) -> RegionMap {
    RegionMap(extents: extents.indices.filter { !axes.contains($0) }.map { extents[$0] }, regions: regions)
  }

  /// The map of a matrix product, whose scalars each mix a row of `a` and a column of `b`.
  ///
  /// A row's place comes first: attention's scores and what they gather belong to the query.
  static func product(_ a: RegionMap, _ b: RegionMap, rank: Int) -> RegionMap {
    guard a.rank >= 2, b.rank >= 2 else { return .whole(rank: rank) }
    let rows = a.mixed(along: a.rank - 1), columns = b.mixed(along: b.rank - 2)
    return (rows.hasPlaces ? rows : columns).aligned(to: rank)
  }
}
