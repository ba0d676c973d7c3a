import GraphEngine
import Kernels

/// Rewrites the way from the sigmoids of a head to its output so that it holds their logits instead.
///
/// Whatever lies between only moves and picks scalars, for which it does not matter whether the sigmoid comes before or
/// after: it keeps order, so that a ranking picks the same.
struct HeadLifting {
  let columns: HeadColumns
  private(set) var nodes: [Node] = []
  private var made: [String: String] = [:]
  private let prefix: String

  init(_ columns: HeadColumns, naming prefix: String) { (self.columns, self.prefix) = (columns, prefix) }

  /// The name of a value that holds a range of the positions along an axis of `value`, before their sigmoids.
  ///
  /// - Returns: `nil` where something else than a sigmoid is behind one of them.
  mutating func logits(of value: String, along axis: Int, _ range: Range<Int>, depth: Int = 0) -> String? {
    let key = "\(value) \(axis) \(range)"
    if let known = made[key] { return known }
    let name = lift(value, axis, range, depth)
    made[key] = name
    return name
  }

  private mutating func lift(_ value: String, _ axis: Int, _ range: Range<Int>, _ depth: Int) -> String? {
    let shape = columns.shape(value), whole = 0..<shape[axis]
    guard depth < 200, let node = columns.ends.producers[value] else { return nil }
    if let logit = columns.ends.sigmoidInput(of: value) {
      guard columns.shape(logit.name) == shape else { return nil }
      let part = part(logit.name, shape, axis, range)
      return logit.factor == 1 ? part : add(ElementwiseFunction(.linear(logit.factor, 0)), [part])
    }
    switch node.op {
    case is Identity: return logits(of: node.inputs[0], along: axis, range, depth: depth + 1)
    case let transpose as Transpose:
      return logits(of: node.inputs[0], along: transpose.permutation[axis], range, depth: depth + 1)
        .map { add(transpose, [$0]) }
    case let reshape as Reshape:
      let before = columns.shape(node.inputs[0])
      if let same = HeadColumns.axis(alike: axis, of: shape, in: before) {
        var after = reshape.shape
        after[axis] = range.count
        return logits(of: node.inputs[0], along: same, range, depth: depth + 1).map { add(Reshape(to: after), [$0]) }
      }
      // All of it, of which the range is taken afterwards.
      return all(of: node.inputs[0], depth).map { add(reshape, [$0]) }.map { part($0, shape, axis, range) }
    case let joining as Concatenation where joining.axis == axis:
      var (parts, start): ([String], Int) = ([], 0)
      for input in node.inputs {
        let count = columns.shape(input)[axis], own = range.clamped(to: start..<start + count)
        if !own.isEmpty {
          let inside = own.lowerBound - start..<own.upperBound - start
          guard let part = logits(of: input, along: axis, inside, depth: depth + 1) else { return nil }
          parts.append(part)
        }
        start += count
      }
      return parts.count == 1 ? parts[0] : add(joining, parts)
    case let joining as Concatenation:
      var parts: [String] = []
      for input in node.inputs {
        guard let part = logits(of: input, along: axis, range, depth: depth + 1) else { return nil }
        parts.append(part)
      }
      return add(joining, parts)
    case let slice as Slice where slice.steps[axis] == 1:
      let start = slice.starts[axis]
      guard
        let source = logits(
          of: node.inputs[0], along: axis, start + range.lowerBound..<start + range.upperBound, depth: depth + 1)
      else { return nil }
      var (starts, ends) = (slice.starts, slice.ends)
      (starts[axis], ends[axis]) = (0, range.count)
      return add(Slice(starts: starts, ends: ends, steps: slice.steps), [source])
    case let gather as Gather where gather.axis != axis:
      let before = axis < gather.axis ? axis : axis - gather.indicesShape.count + 1
      return logits(of: node.inputs[0], along: before, range, depth: depth + 1).map { add(gather, [$0]) }
    default:
      let isReduction = (node.op as? Reduction)?.reduction == .max
      guard node.op is TopK || isReduction || node.picksByIndex else { return nil }
      guard let source = all(of: node.inputs[0], depth) else { return nil }
      let name = add(node.op, [source] + node.inputs.dropFirst())
      return range == whole ? name : part(name, shape, axis, range)
    }
  }

  /// The logits of all of a value, followed along the first of its axes along which that can be done.
  private mutating func all(of value: String, _ depth: Int) -> String? {
    let shape = columns.shape(value)
    for axis in shape.indices where shape[axis] > 1 {
      let before = self
      if let logits = logits(of: value, along: axis, 0..<shape[axis], depth: depth + 1) { return logits }
      self = before
    }
    return nil
  }

  /// A range of the positions along an axis of a value of `shape`.
  mutating func part(_ value: String, _ shape: [Int], _ axis: Int, _ range: Range<Int>) -> String {
    guard range != 0..<shape[axis] else { return value }
    var (starts, ends) = (shape.map { _ in 0 }, shape)
    (starts[axis], ends[axis]) = (range.lowerBound, range.upperBound)
    return add(Slice(starts: starts, ends: ends, steps: shape.map { _ in 1 }), [value])
  }

  /// A further node; its output's name.
  mutating func add(_ op: any Operator, _ inputs: [String]) -> String {
    let name = "\(prefix).\(nodes.count)"
    nodes.append(Node(op, inputs, to: name))
    return name
  }
}
