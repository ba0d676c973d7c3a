/// A tensor of the network: the engine's array, and which of its axes Keras calls the last.
struct Value: Sendable {
  /// The engine's name for it.
  let name: String
  /// The engine's shape, batch first.
  let extents: [Int]
  /// Whether Keras' last axis is the engine's second, as convolutions like it: Keras' `[N, H, W, C]` lies as
  /// `[N, C, H, W]`.
  let isMoved: Bool

  /// The shape as Keras has it, batch first.
  var shape: [Int] { isMoved ? [extents[0]] + extents.dropFirst(2) + [extents[1]] : extents }

  var rank: Int { extents.count }

  /// The engine's axis for one of Keras'.
  func axis(_ axis: Int) -> Int {
    guard isMoved, axis > 0 else { return axis }
    return axis == rank - 1 ? 1 : axis + 1
  }

  /// Whether moving the channels leaves all scalars where they are.
  var movesNothing: Bool {
    let (first, last) =
      isMoved ? ([extents[1]], Array(extents.dropFirst(2))) : (Array(extents[1..<(rank - 1)]), [extents[rank - 1]])
    return first.allSatisfy { $0 == 1 } || last.allSatisfy { $0 == 1 }
  }
}
