/// Operators that move scalars about: exact, since every scalar takes its region along.
extension RegionMap {
  func transposed(_ permutation: [Int]) -> RegionMap {
    let moved = permutation.map { extents[$0] }
    return RegionMap(extents: moved, regions: spread(over: moved, strides: permutation.map { strides[$0] }))
  }

  /// The given positions of an axis; `nil` stands for padding.
  func picking(_ positions: [Int?], along axis: Int) -> RegionMap {
    let extent = extents[axis], inner = extents[(axis + 1)...].reduce(1, *)
    if extent == 1, !positions.contains(nil) { return self }
    var picked = extents
    picked[axis] = positions.count
    var result: [Region] = []
    result.reserveCapacity(picked.reduce(1, *))
    for outer in stride(from: 0, to: regions.count, by: extent * inner) {
      for position in positions {
        if let position {
          let start = outer + (extent == 1 ? 0 : position) * inner
          result.append(contentsOf: regions[start..<start + inner])
        } else {
          result.append(contentsOf: repeatElement(.padding, count: inner))
        }
      }
    }
    return RegionMap(extents: picked, regions: result)
  }

  /// The given positions of each axis of a value, under another shape of as many scalars.
  func picking(_ positions: [[Int?]?], of shape: [Int], to newShape: [Int]) -> RegionMap {
    var picked = self, flat = shape
    for (axis, taken) in positions.enumerated() {
      guard let taken else { continue }
      flat[axis] = taken.count
      // More channels stand where the others do.
      if extents[axis] > 1 { picked = picked.picking(taken, along: axis) }
    }
    return flat == newShape ? picked : picked.reshaped(from: flat, to: newShape)
  }

  /// The scalars at the given places of a row-major value; none where a place is negative.
  func picking(_ places: [Int], of shape: [Int], to newShape: [Int]) -> RegionMap {
    let full = spread(over: shape, strides: strides)
    return RegionMap(extents: newShape, regions: places.map { $0 < 0 ? .padding : full[$0] }).collapsed()
  }

  /// Maps of values one after the other along an axis, of which each value has so many positions.
  static func joined(_ maps: [RegionMap], counts: [Int], along axis: Int) -> RegionMap {
    if maps[0].extents[axis] == 1, maps.dropFirst().allSatisfy({ $0 == maps[0] }) { return maps[0] }
    var common = maps[0].extents
    for map in maps { common = zip(common, map.extents).map(max) }
    let inner = common[(axis + 1)...].reduce(1, *), outer = common[..<axis].reduce(1, *)
    let parts = zip(maps, counts).map { map, count in
      var full = common
      full[axis] = count
      return map.spread(over: full, strides: map.strides)
    }
    var result: [Region] = []
    for position in 0..<outer {
      for (part, count) in zip(parts, counts) {
        result.append(contentsOf: part[position * count * inner..<(position + 1) * count * inner])
      }
    }
    common[axis] = counts.reduce(0, +)
    return RegionMap(extents: common, regions: result)
  }

  /// The map of a value of `shape` whose scalars are given another shape.
  ///
  /// Axes are taken in the smallest groups that hold equally many scalars before and after; groups along which nothing
  /// changes are never spread out.
  func reshaped(from shape: [Int], to newShape: [Int]) -> RegionMap {
    guard !shape.contains(0) else { return .whole(rank: newShape.count) }
    var full: [Int] = [], result: [Int] = []
    var (i, j) = (0, 0)
    while i < shape.count || j < newShape.count {
      let (firstOld, firstNew) = (i, j)
      var (old, new) = (1, 1)
      repeat {
        if i < shape.count, old <= new || j == newShape.count {
          old *= shape[i]
          i += 1
        } else {
          new *= newShape[j]
          j += 1
        }
      } while old != new
      let isConstant = extents[firstOld..<i].allSatisfy { $0 == 1 }
      full += (isConstant ? extents : shape)[firstOld..<i]
      result += newShape[firstNew..<j].map { isConstant ? 1 : $0 }
    }
    return RegionMap(extents: result, regions: spread(over: full, strides: strides)).collapsed()
  }
}
