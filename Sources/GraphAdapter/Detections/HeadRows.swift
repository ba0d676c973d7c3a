import AttributionKit
import GraphEngine

/// The grids that the rows of a head run over, one after the other.
struct HeadRows {
  /// Rows that come from one grid.
  struct Part {
    /// The value that holds them, before they are joined with others.
    let value: String
    let rows: Int
    /// The height and width of the grid, where they come from one.
    let grid: [Int]?

    /// How many rows belong to each cell.
    var anchors: Int { grid.map { max(1, rows / max(1, $0[0] * $0[1])) } ?? 1 }
  }

  let parts: [Part]

  /// The rows along `axis` of a value, followed back to where they are joined.
  init(of value: String, along axis: Int, _ columns: HeadColumns) {
    parts = Self.parts(of: value, axis, columns, 0)
  }

  /// The value that holds all rows of a head and the axis along which they lie, where the network ranks them and picks
  /// the best itself; `nil` where it does not.
  static func ranked(behind value: String, _ columns: HeadColumns) -> (value: String, axis: Int)? {
    var (value, isRanked) = (value, false)
    for _ in 0..<40 {
      if isRanked,
        let axis = columns.shape(value).indices.dropFirst().first(where: { axis in
          let parts = parts(of: value, axis, columns, 0)
          return parts.count > 1 && parts.allSatisfy { $0.grid != nil }
        })
      {
        return (value, axis)
      }
      guard let node = columns.ends.producers[value] else { return nil }
      switch node.op {
      case is Identity, is Reshape, is Transpose, is Slice, is ElementwiseFunction: break
      case is TopK: isRanked = true
      default:
        guard node.picksByIndex else { return nil }
        isRanked = true
      }
      value = node.inputs[0]
    }
    return nil
  }

  /// The value that a network picks a head's numbers from; `nil` where it picks none.
  static func source(ofPicked value: String, _ columns: HeadColumns) -> String? {
    var (value, isPicked) = (value, false)
    for _ in 0..<40 {
      guard let node = columns.ends.producers[value] else { return nil }
      switch node.op {
      case is Identity, is Reshape, is Transpose: value = node.inputs[0]
      case let slice as Slice: value = columns.source(of: slice, node) ?? node.inputs[0]
      default:
        guard node.picksByIndex else { return isPicked ? value : nil }
        (value, isPicked) = (node.inputs[0], true)
      }
    }
    return nil
  }

  private static func parts(of value: String, _ axis: Int, _ columns: HeadColumns, _ depth: Int) -> [Part] {
    let shape = columns.shape(value)
    guard shape.indices.contains(axis) else { return [] }
    func source(_ axis: Int?, _ node: Node) -> [Part]? {
      guard let axis, depth < 200 else { return nil }
      let found = parts(of: node.inputs[0], axis, columns, depth + 1)
      return found.isEmpty ? nil : found
    }
    let own = [Part(value: value, rows: shape[axis], grid: grid(of: value, axis, columns))]
    guard let node = columns.ends.producers[value] else { return own }
    switch node.op {
    case let joining as Concatenation where joining.axis == axis:
      return node.inputs.flatMap { parts(of: $0, axis, columns, depth + 1) }
    case is Concatenation:
      // Side by side, as classes and boxes are: as the part says that tells most.
      let all = node.inputs.map { parts(of: $0, axis, columns, depth + 1) }
      let most = all.max { $0.count < $1.count } ?? []
      return most.count > 1 ? most : own
    case let transpose as Transpose:
      return kept(source(transpose.permutation[axis], node), own)
    case is Identity, is Softmax, is ElementwiseFunction: return kept(source(axis, node), own)
    case let slice as Slice:
      guard slice.starts[axis] == 0, slice.ends[axis] == columns.shape(node.inputs[0])[axis] else { return own }
      return kept(source(axis, node), own)
    case is Reshape:
      return kept(source(HeadColumns.axis(alike: axis, of: shape, in: columns.shape(node.inputs[0])), node), own)
    case is Arithmetic:
      let variable = node.inputs.filter { !columns.ends.constants.contains($0) }
      guard let first = variable.first, columns.shape(first).count == shape.count else { return own }
      let found = parts(of: first, axis, columns, depth + 1)
      return found.count > 1 ? found : own
    default: return own
    }
  }

  /// Several parts, or one with a grid, say more than the value itself.
  private static func kept(_ found: [Part]?, _ own: [Part]) -> [Part] {
    guard let found, found.count > 1 || found.first?.grid != nil else { return own }
    return found
  }

  /// The height and width of the maps that a value's rows are, found behind what moves its scalars.
  private static func grid(of value: String, _ axis: Int, _ columns: HeadColumns) -> [Int]? {
    var value = value
    let rows = columns.shape(value)[axis]
    for _ in 0..<40 {
      let shape = columns.shape(value)
      if shape.count == 4, shape[2] * shape[3] > 1, rows % (shape[2] * shape[3]) == 0 {
        let producer = columns.ends.producers[value]?.op
        // Maps as convolutions make them, or what is joined or changed scalar by scalar.
        if producer is Convolution || producer is Concatenation || producer is ElementwiseFunction {
          return Array(shape[2...])
        }
      }
      guard let node = columns.ends.producers[value] else { return nil }
      switch node.op {
      case is Identity, is Reshape, is Transpose, is Slice, is ElementwiseFunction, is Softmax: value = node.inputs[0]
      case is Arithmetic, is Concatenation:
        guard let next = node.inputs.first(where: { !columns.ends.constants.contains($0) }) else { return nil }
        value = next
      default: return nil
      }
    }
    return nil
  }

  /// The cell of each row, in pixels of an image of this width; none where a part has no grid.
  func cells(width: Float) -> [BoxCoding.Cell] {
    guard parts.allSatisfy({ $0.grid != nil }) else { return [] }
    return parts.flatMap { part -> [BoxCoding.Cell] in
      let grid = part.grid ?? [1, 1], stride = width / Float(grid[1])
      return (0..<part.rows).map { row in
        let place = row / part.anchors
        return BoxCoding.Cell(
          left: Float(place % grid[1]) * stride, top: Float(place / grid[1] % max(1, grid[0])) * stride, stride: stride)
      }
    }
  }
}
