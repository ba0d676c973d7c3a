extension PlaceFlow {
  /// The regions of an operator's scalars, from those of its inputs.
  ///
  /// A window is taken to stay where it is: what it does to rows and columns depends on how the image lies in the input,
  /// which ``ImageRegions`` knows.
  /// - Parameters:
  ///   - inputs: a map for each input.
  ///   - shapes: the shapes of the inputs.
  ///   - shape: the shape of the output.
  /// - Returns: The regions of the output.
  package func regions(of inputs: [RegionMap], shapes: [[Int]], to shape: [Int]) -> RegionMap {
    switch self {
    case .elementwise: return inputs.dropFirst().reduce(inputs[0]) { $0.meeting($1) }
    case .reshapes: return inputs[0].reshaped(from: shapes[0], to: shape)
    case .permutes(let permutation): return inputs[0].transposed(permutation)
    case .picks(let positions): return inputs[0].picking(positions, of: shapes[0], to: shape)
    case .picksScalars(let places): return inputs[0].picking(places, of: shapes[0], to: shape)
    case .joins(let axis): return .joined(inputs, counts: shapes.map { $0[axis] }, along: axis)
    case .repeats: return inputs[0].aligned(to: shape.count)
    case .window(_, let mixesChannels): return mixesChannels ? inputs[0].mixed(along: 1) : inputs[0]
    case .mixes(let axes):
      let mixed = axes.reduce(inputs[0]) { $0.mixed(along: $1) }
      return mixed.rank == shape.count ? mixed : mixed.dropping(axes)
    case .multiplies(let transposesFirst, let transposesSecond):
      let a = transposesFirst ? inputs[0].transposed([1, 0]) : inputs[0]
      let b = transposesSecond ? inputs[1].transposed([1, 0]) : inputs[1]
      return .product(a, b, rank: shape.count)
    case .scatters: return .whole(rank: shape.count)
    }
  }
}
