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

  private let ending: Ending

  /// What the scores end in, and which of its operands is asked for.
  enum Ending {
    /// The logits before sigmoids.
    case sigmoid
    /// The logits before a softmax over all positions.
    case softmax
    /// Of products of two sigmoids, the logits of the classes.
    case classes
    /// Of the same, the logit of the objectness.
    case objectness
  }

  init(_ columns: HeadColumns, naming prefix: String, behind ending: Ending = .sigmoid) {
    (self.columns, self.prefix, self.ending) = (columns, prefix, ending)
  }

  /// Positions along an axis, evenly spaced.
  struct Positions {
    let first: Int, count: Int, step: Int

    init(first: Int, count: Int, step: Int) { (self.first, self.count, self.step) = (first, count, step) }
    init(_ range: Range<Int>) { self.init(first: range.lowerBound, count: range.count, step: 1) }

    /// One after the last.
    var end: Int { first + (count - 1) * step + 1 }
    func moved(by offset: Int) -> Positions { Positions(first: first + offset, count: count, step: step) }
  }

  /// The name of a value that holds a range of the positions along an axis of `value`, before their sigmoids.
  ///
  /// - Returns: `nil` where something else than a sigmoid is behind one of them.
  mutating func logits(of value: String, along axis: Int, _ range: Range<Int>, depth: Int = 0) -> String? {
    logits(of: value, along: axis, Positions(range), depth: depth)
  }

  /// The same for positions that need not lie side by side.
  mutating func logits(of value: String, along axis: Int, _ positions: Positions, depth: Int = 0) -> String? {
    let key = "\(value) \(axis) \(positions)"
    if let known = made[key] { return known }
    let name = lift(value, axis, positions, depth)
    made[key] = name
    return name
  }

  private mutating func lift(_ value: String, _ axis: Int, _ positions: Positions, _ depth: Int) -> String? {
    let shape = columns.shape(value)
    guard depth < 200, let node = columns.ends.producers[value] else { return nil }
    if ending == .softmax {
      if let softmax = node.op as? Softmax {
        let isWhole = softmax.axis == axis && positions.first == 0 && positions.count == shape[axis]
        return isWhole ? node.inputs[0] : nil
      }
    } else if let logit = columns.ends.sigmoidInput(of: value) {
      guard columns.shape(logit.name) == shape else { return nil }
      let part = part(logit.name, shape, axis, positions)
      return logit.factor == 1 ? part : add(ElementwiseFunction(.linear(logit.factor, 0)), [part])
    }
    if ending == .classes || ending == .objectness, let factors = columns.factors(of: value, along: axis) {
      guard ending == .classes else { return logits(of: factors.objectness, along: axis, 0..<1, depth: depth + 1) }
      return logits(of: factors.classes, along: axis, positions, depth: depth + 1)
    }
    switch node.op {
    case is Identity: return logits(of: node.inputs[0], along: axis, positions, depth: depth + 1)
    case let transpose as Transpose:
      return logits(of: node.inputs[0], along: transpose.permutation[axis], positions, depth: depth + 1)
        .map { add(transpose, [$0]) }
    case let reshape as Reshape: return lift(through: reshape, of: node.inputs[0], shape, axis, positions, depth)
    case let joining as Concatenation where joining.axis == axis:
      return lift(through: joining, of: node.inputs, axis, positions, depth)
    case let joining as Concatenation:
      var parts: [String] = []
      for input in node.inputs {
        guard let part = logits(of: input, along: axis, positions, depth: depth + 1) else { return nil }
        parts.append(part)
      }
      return add(joining, parts)
    case let slice as Slice where slice.steps[axis] == 1:
      guard
        let source = logits(
          of: node.inputs[0], along: axis, positions.moved(by: slice.starts[axis]), depth: depth + 1)
      else { return nil }
      var (starts, ends) = (slice.starts, slice.ends)
      (starts[axis], ends[axis]) = (0, positions.count)
      return add(Slice(starts: starts, ends: ends, steps: slice.steps), [source])
    case let gather as Gather where gather.axis != axis:
      let before = axis < gather.axis ? axis : axis - gather.indicesShape.count + 1
      return logits(of: node.inputs[0], along: before, positions, depth: depth + 1).map { add(gather, [$0]) }
    default:
      if let picking = node.op as? IndexedPicking, case .elements(let picked) = picking.indexing, picked != axis,
        let source = logits(of: node.inputs[0], along: axis, positions, depth: depth + 1)
      {
        return add(picking, [source, part(node.inputs[1], columns.shape(node.inputs[1]), axis, positions)])
      }
      let isReduction = (node.op as? Reduction)?.reduction == .max
      guard node.op is TopK || isReduction || node.picksByIndex else { return nil }
      guard let source = all(of: node.inputs[0], depth) else { return nil }
      return part(add(node.op, [source] + node.inputs.dropFirst()), shape, axis, positions)
    }
  }

  private mutating func lift(
    through reshape: Reshape, of input: String, _ shape: [Int], _ axis: Int, _ positions: Positions, _ depth: Int
  ) -> String? {
    let before = columns.shape(input)
    var after = reshape.shape
    after[axis] = positions.count
    if let same = HeadColumns.axis(alike: axis, of: shape, in: before) {
      return logits(of: input, along: same, positions, depth: depth + 1).map { add(Reshape(to: after), [$0]) }
    }
    // Of two axes made one, the same place of the second everywhere along the first.
    if let pair = HeadColumns.axes(mergedInto: axis, of: shape, in: before), positions.step == before[pair + 1],
      positions.count == before[pair], positions.first < positions.step
    {
      let place = positions.first..<positions.first + 1
      return logits(of: input, along: pair + 1, place, depth: depth + 1).map { add(Reshape(to: after), [$0]) }
    }
    // All of it, of which the positions are taken afterwards.
    return all(of: input, depth).map { add(reshape, [$0]) }.map { part($0, shape, axis, positions) }
  }

  private mutating func lift(
    through joining: Concatenation, of inputs: [String], _ axis: Int, _ positions: Positions, _ depth: Int
  ) -> String? {
    var (parts, start): ([String], Int) = ([], 0)
    for input in inputs {
      let span = start..<start + columns.shape(input)[axis]
      start = span.upperBound
      if positions.step > 1 {
        guard span.contains(positions.first), span.contains(positions.end - 1) else { continue }
        return logits(of: input, along: axis, positions.moved(by: -span.lowerBound), depth: depth + 1)
      }
      let own = (positions.first..<positions.end).clamped(to: span)
      if !own.isEmpty {
        let inside = own.lowerBound - span.lowerBound..<own.upperBound - span.lowerBound
        guard let part = logits(of: input, along: axis, inside, depth: depth + 1) else { return nil }
        parts.append(part)
      }
    }
    return parts.isEmpty ? nil : parts.count == 1 ? parts[0] : add(joining, parts)
  }

  /// The logits of all of a value, followed along the first of its axes along which that can be done.
  private mutating func all(of value: String, _ depth: Int) -> String? {
    // An operand of another extent, or a softmax of which a part is asked, cannot be followed along another axis.
    guard ending == .sigmoid || ending == .softmax else { return nil }
    let shape = columns.shape(value)
    for axis in shape.indices where shape[axis] > 1 {
      let before = self
      if let logits = logits(of: value, along: axis, 0..<shape[axis], depth: depth + 1) { return logits }
      self = before
    }
    return nil
  }

  /// Some of the positions along an axis of a value of `shape`.
  mutating func part(_ value: String, _ shape: [Int], _ axis: Int, _ positions: Positions) -> String {
    guard positions.count != shape[axis] else { return value }
    var (starts, ends, steps) = (shape.map { _ in 0 }, shape, shape.map { _ in 1 })
    (starts[axis], ends[axis], steps[axis]) = (positions.first, positions.end, positions.step)
    return add(Slice(starts: starts, ends: ends, steps: steps), [value])
  }

  /// A further node; its output's name.
  mutating func add(_ op: any Operator, _ inputs: [String]) -> String {
    let name = "\(prefix).\(nodes.count)"
    nodes.append(Node(op, inputs, to: name))
    return name
  }
}
