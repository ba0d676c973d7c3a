/// A part of an array, of which a rectangle is another.
public struct InlaidPart: Hashable, Sendable {
  /// Where the rectangle begins in the array.
  public var row: Int, column: Int
  /// Where the part begins in the array; below zero where it begins before it.
  public var firstRow: Int, firstColumn: Int

  /// A part by where it and the rectangle begin.
  public init(row: Int, column: Int, firstRow: Int, firstColumn: Int) {
    self.row = row
    self.column = column
    self.firstRow = firstRow
    self.firstColumn = firstColumn
  }
}

/// Equal parts of an array, in each of which a rectangle is laid over it.
///
/// - Parameters:
///   - patches: the rectangles, `[N, C, …, …]`.
///   - whole: `[1, C, H, W]`.
///   - parts: for each rectangle where it lies, and which part is wanted.
///   - height: how many rows a part has.
///   - width: how many columns a part has.
///   - fill: what lies beyond the array.
/// - Returns: `[N, C, height, width]`, laid out as the rectangles are where the whole can be, too.
/// - Throws: Where the shapes do not fit together.
public func inlaid(
  _ patches: NDArray, in whole: NDArray, _ parts: [InlaidPart], height: Int, width: Int, fill: Float
) throws -> NDArray {
  try require(
    patches.shape.count == 4 && whole.shape.count == 4 && whole.shape[0] == 1 && patches.shape[1] == whole.shape[1]
      && patches.shape[0] == parts.count && height > 0 && width > 0 && !(patches.shape + whole.shape).contains(0),
    "Arrays of shape \(patches.shape) cannot be laid over one of \(whole.shape) in \(parts.count) places.")
  let shape = [parts.count, whole.shape[1], height, width]
  let layouts = patches.layout.precision == .float32 ? siblings(of: patches.layout, whole.shape, shape) : nil
  let (small, large) = (
    layouts == nil ? patches.plain() : patches, whole.reordered(to: layouts?.whole ?? .plain(whole.shape))
  )
  let result = NDArray(layout: layouts?.result ?? .plain(shape))
  // Neighbouring channels lie side by side, so that a row is a run; where they are no whole block, the rest is zero.
  let side = small.layout.channelWidth ?? 1, blocks = (shape[1] + side - 1) / side
  let from = Rows(small.shape, side), over = Rows(large.shape, side), to = Rows(shape, side)
  small.withScalars { patch in
    large.withScalars { whole in
      result.fill { target in
        Engine.current.split(parts.count * blocks, costing: to.plane, inMultiplesOf: 1) { planes in
          for plane in planes {
            let (image, block) = plane.quotientAndRemainder(dividingBy: blocks)
            to.lay(
              parts[image], patch.baseAddress! + plane * from.plane, from, whole.baseAddress! + block * over.plane,
              over,
              onto: target + plane * to.plane, fill)
          }
        }
      }
    }
  }
  return result
}

/// The layouts of the whole and the result that lie as the patches do.
private func siblings(of layout: Layout, _ whole: [Int], _ result: [Int]) -> (whole: Layout, result: Layout)? {
  guard let side = layout.channelWidth, let whole = layout.sibling(whole), let result = layout.sibling(result),
    whole.channelWidth == side, result.channelWidth == side
  else { return nil }
  return (whole, result)
}

/// The rows of a plane of neighbouring channels.
private struct Rows {
  let height: Int, width: Int
  /// How many channels lie side by side.
  let side: Int

  init(_ shape: [Int], _ side: Int) { (height, width, self.side) = (shape[2], shape[3], side) }

  var pitch: Int { width * side }
  var plane: Int { height * pitch }

  /// Writes a part of `whole` with `patch` laid over it.
  func lay(
    _ part: InlaidPart, _ patch: UnsafePointer<Float>, _ small: Rows, _ whole: UnsafePointer<Float>, _ large: Rows,
    onto target: UnsafeMutablePointer<Float>, _ fill: Float
  ) {
    let columns = part.firstColumn..<part.firstColumn + width
    let inside = columns.clamped(to: 0..<large.width)
    let covered = columns.clamped(to: part.column..<part.column + small.width)
    for y in 0..<height {
      let row = target + y * pitch, source = y + part.firstRow
      guard (0..<large.height).contains(source) else {
        row.update(repeating: fill, count: pitch)
        continue
      }
      if inside.count < width { row.update(repeating: fill, count: pitch) }
      if !inside.isEmpty {
        (row + (inside.lowerBound - columns.lowerBound) * side)
          .update(from: whole + source * large.pitch + inside.lowerBound * side, count: inside.count * side)
      }
      guard !covered.isEmpty, (part.row..<part.row + small.height).contains(source) else { continue }
      (row + (covered.lowerBound - columns.lowerBound) * side).update(
        from: patch + (source - part.row) * small.pitch + (covered.lowerBound - part.column) * side,
        count: covered.count * side)
    }
  }
}
