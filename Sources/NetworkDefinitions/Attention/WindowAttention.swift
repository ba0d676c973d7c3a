import GraphEngine
import Kernels

/// Attention within windows of `[N, H, W, C]`, which in every other block of Swin are shifted by half their extent (Liu et al.,
/// 2021, section 3.2).
struct WindowAttention: Block {
  /// What the queries of a window attend to.
  enum Windows: Sendable {
    /// Neighbours, in windows that begin at the first place.
    case blocks
    /// Neighbours, in windows that begin half a window later.
    case shiftedBlocks
    /// Places as far apart as there are windows, so that each window spans the map (Tu et al., 2022, arXiv:2204.01697,
    /// section 3.2).
    case grid
  }

  let name: String?
  /// The extent of a window along either axis.
  let window: Int
  let windows: Windows
  /// How it attends in a window; what is added to its scores is of this layer.
  let attention: SelfAttention
  /// What is said of the distance between query and key.
  var distances = WindowDistances.table

  private var heads: Int { attention.heads }

  func output(of input: NetworkBuilder.Value, in network: inout NetworkBuilder) throws -> NetworkBuilder.Value {
    let shape = input.shape, (rows, columns) = (shape[1], shape[2])
    let paddedRows = (rows + window - 1) / window * window, paddedColumns = (columns + window - 1) / window * window
    // A map of one window along an axis is not shifted there.
    var shifts = [0, 0]
    if case .shiftedBlocks = windows { shifts = [paddedRows, paddedColumns].map { $0 > window ? window / 2 : 0 } }
    var value = input
    if paddedRows != rows || paddedColumns != columns {
      value = try network.add(
        Pad(before: [0, 0, 0, 0], after: [0, paddedRows - rows, paddedColumns - columns, 0], mode: .constant(0)),
        [value],
        as: "padded")
    }
    value = try network.rolled(value, by: shifts, as: "shifted")
    let (down, across) = (paddedRows / window, paddedColumns / window)
    // [N, windows down, window, windows across, window, C], or a grid's windows within.
    var cuts = [shape[0], down, window, across, window, shape[3]]
    var order = [0, 1, 3, 2, 4, 5], restored = order
    if case .grid = windows {
      try network.require(
        paddedRows == rows && paddedColumns == columns,
        "attends in a grid of \(window) × \(window), which its \(rows) × \(columns) places cannot be shared among: choose a size of the "
          + "images that can")
      (cuts, order, restored) = (
        [shape[0], window, down, window, across, shape[3]], [0, 2, 4, 1, 3, 5], [0, 3, 1, 4, 2, 5]
      )
    }
    let cut = try network.add(Reshape(to: cuts), [value], as: "cut")
    let ordered = try network.add(Transpose(permutation: order), [cut], as: "ordered")
    let tokens = try network.add(
      Reshape(to: [shape[0] * down * across, window * window, shape[3]]), [ordered], as: "windows")
    var attention = attention
    let mask = shifts == [0, 0] ? nil : Self.mask(rows: paddedRows, columns: paddedColumns, window, shifts)
    attention.bias = { [window, heads, distances] network, scores in
      var scores = try network.add(
        Arithmetic(.add), [scores, distances.bias(window: window, heads: heads, in: &network)], as: "biased")
      guard let mask else { return scores }
      // [N·windows, heads, T, T] by window: those of all images alike.
      let tokens = window * window, count = down * across, images = scores.shape[0] / count
      scores = try network.add(Reshape(to: [images, count, heads, tokens, tokens]), [scores], as: "byWindow")
      let hidden = try network.constant(NDArray(mask, shape: [1, count, 1, tokens, tokens]), as: "mask")
      scores = try network.add(Arithmetic(.add), [scores, hidden], as: "masked")
      return try network.add(Reshape(to: [images * count, heads, tokens, tokens]), [scores], as: "scored")
    }
    let attended = try network.apply(attention, to: tokens)
    let apart = try network.add(
      Reshape(to: [shape[0], down, across, window, window, shape[3]]), [attended], as: "apart")
    let back = try network.add(Transpose(permutation: restored), [apart], as: "back")
    var map = try network.add(Reshape(to: [shape[0], paddedRows, paddedColumns, shape[3]]), [back], as: "map")
    map = try network.rolled(map, by: [paddedRows - shifts[0], paddedColumns - shifts[1]], as: "unshifted")
    if paddedRows != rows || paddedColumns != columns {
      map = try network.add(Slice(starts: [0, 0, 0, 0], ends: shape, steps: [1, 1, 1, 1]), [map], as: "cropped")
    }
    return map
  }

  /// −100 between tokens that shifting made neighbours, `[windows, tokens, tokens]`.
  private static func mask(rows: Int, columns: Int, _ window: Int, _ shifts: [Int]) -> [Float] {
    /// Which of three stretches a position is in: before the last window, in it, or wrapped around.
    func stretch(_ position: Int, of extent: Int, _ shift: Int) -> Int {
      shift == 0 ? 0 : position < extent - window ? 0 : position < extent - shift ? 1 : 2
    }
    var mask: [Float] = []
    let tokens = window * window
    mask.reserveCapacity(rows / window * (columns / window) * tokens * tokens)
    for top in stride(from: 0, to: rows, by: window) {
      for left in stride(from: 0, to: columns, by: window) {
        let regions = (0..<tokens).map { token in
          3 * stretch(top + token / window, of: rows, shifts[0])
            + stretch(left + token % window, of: columns, shifts[1])
        }
        for query in regions { for key in regions { mask.append(query == key ? 0 : -100) } }
      }
    }
    return mask
  }
}

extension NetworkBuilder {
  /// A map `[N, H, W, C]` whose rows and columns begin at others, the first ones following the last.
  fileprivate mutating func rolled(_ value: Value, by shifts: [Int], as name: String) throws -> Value {
    var value = value
    for (axis, shift) in zip([1, 2], shifts) where shift % value.shape[axis] != 0 {
      func part(_ range: Range<Int>, _ part: String) throws -> Value {
        var (starts, ends) = ([0, 0, 0, 0], value.shape)
        (starts[axis], ends[axis]) = (range.lowerBound, range.upperBound)
        return try add(Slice(starts: starts, ends: ends, steps: [1, 1, 1, 1]), [value], as: "\(name)\(axis).\(part)")
      }
      let parts = [try part(shift..<value.shape[axis], "rest"), try part(0..<shift, "first")]
      value = try add(GraphEngine.Concatenation(axis: axis), parts, as: "\(name)\(axis)")
    }
    return value
  }
}
