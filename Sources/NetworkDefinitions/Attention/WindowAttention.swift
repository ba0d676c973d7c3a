import GraphEngine
import Kernels

/// Attention within windows of `[N, H, W, C]`, which in every other block are shifted by half their extent (Liu et al., 2021,
/// section 3.2).
struct WindowAttention: Block {
  let name: String?
  /// The extent of a window along either axis.
  let window: Int
  let heads: Int
  let isShifted: Bool
  let hasBias: Bool

  func output(of input: NetworkBuilder.Value, in network: inout NetworkBuilder) throws -> NetworkBuilder.Value {
    let shape = input.shape, (rows, columns) = (shape[1], shape[2])
    let paddedRows = (rows + window - 1) / window * window, paddedColumns = (columns + window - 1) / window * window
    // A map of one window along an axis is not shifted there.
    let shifts = [paddedRows, paddedColumns].map { isShifted && $0 > window ? window / 2 : 0 }
    var value = input
    if paddedRows != rows || paddedColumns != columns {
      value = try network.add(
        Pad(before: [0, 0, 0, 0], after: [0, paddedRows - rows, paddedColumns - columns, 0], mode: .constant(0)),
        [value],
        as: "padded")
    }
    value = try network.rolled(value, by: shifts, as: "shifted")
    let (down, across) = (paddedRows / window, paddedColumns / window)
    let cut = try network.add(
      Reshape(to: [shape[0], down, window, across, window, shape[3]]), [value], as: "cut")
    let ordered = try network.add(Transpose(permutation: [0, 1, 3, 2, 4, 5]), [cut], as: "ordered")
    let windows = try network.add(
      Reshape(to: [shape[0] * down * across, window * window, shape[3]]), [ordered], as: "windows")
    var attention = SelfAttention(name: "", heads: heads)
    attention.biases = (hasBias, hasBias, hasBias, true)
    let mask = shifts == [0, 0] ? nil : Self.mask(rows: paddedRows, columns: paddedColumns, window, shifts)
    attention.bias = { [window, heads] network, scores in
      var scores = try network.add(
        Arithmetic(.add), [scores, network.distanceBias(window: window, heads: heads)], as: "biased")
      guard let mask else { return scores }
      // [N·windows, heads, T, T] by window: those of all images alike.
      let tokens = window * window, count = down * across, images = scores.shape[0] / count
      scores = try network.add(Reshape(to: [images, count, heads, tokens, tokens]), [scores], as: "byWindow")
      let hidden = try network.constant(NDArray(mask, shape: [1, count, 1, tokens, tokens]), as: "mask")
      scores = try network.add(Arithmetic(.add), [scores, hidden], as: "masked")
      return try network.add(Reshape(to: [images * count, heads, tokens, tokens]), [scores], as: "scored")
    }
    let attended = try network.apply(attention, to: windows)
    let apart = try network.add(
      Reshape(to: [shape[0], down, across, window, window, shape[3]]), [attended], as: "apart")
    let back = try network.add(Transpose(permutation: [0, 1, 3, 2, 4, 5]), [apart], as: "back")
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

  /// What a table says of each distance between query and key, `[heads, T, T]`.
  fileprivate mutating func distanceBias(window: Int, heads: Int) throws -> Value {
    let reach = 2 * window - 1, tokens = window * window
    let table = try parameter("relative_position_bias_table", shape: [reach * reach, heads])
    let indices = (0..<tokens).flatMap { query in
      (0..<tokens).map { key in
        (query / window - key / window + window - 1) * reach + query % window - key % window + window - 1
      }
    }
    let taken = try add(Gather(indices: indices, indicesShape: [tokens, tokens], axis: 0), [table], as: "bias.taken")
    return try add(Transpose(permutation: [2, 0, 1]), [taken], as: "bias")
  }
}
