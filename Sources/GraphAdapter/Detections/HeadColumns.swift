import GraphEngine
import Kernels

/// What the numbers of a detector's rows come from, told by following them back to the operators that made them.
struct HeadColumns {
  /// What one column of an array comes from.
  enum Kind: Hashable {
    /// Straight from a sigmoid, whose output has this name.
    case sigmoid(String)
    /// Straight from a softmax over the columns.
    case softmax(String)
    /// The product of two sigmoids, those of a class and of an objectness.
    case product(String)
    /// Straight from a layer with weights.
    case linear
    case constant
    /// Whole numbers: places of a ranking, or what is counted from them.
    case whole
    case other

    var isSigmoid: Bool { if case .sigmoid = self { true } else { false } }
    var isSoftmax: Bool { if case .softmax = self { true } else { false } }
    var isProduct: Bool { if case .product = self { true } else { false } }
  }

  let ends: GraphEnds
  let plan: Plan

  func shape(_ value: String) -> [Int] { plan.shape(of: value) ?? [] }

  /// What each position along an axis of a value comes from.
  func kinds(of value: String, along axis: Int, depth: Int = 0) -> [Kind] {
    let shape = shape(value)
    guard shape.indices.contains(axis) else { return [] }
    let count = shape[axis]
    func all(_ kind: Kind) -> [Kind] { Array(repeating: kind, count: count) }
    if ends.constants.contains(value) { return all(.constant) }
    if !ends.differentiable.contains(value), !ends.differentiable.isEmpty { return all(.whole) }
    guard depth < 200, let node = ends.producers[value] else { return all(.other) }
    func source(_ axis: Int?) -> [Kind] {
      guard let axis else { return all(.other) }
      return kinds(of: node.inputs[0], along: axis, depth: depth + 1)
    }
    if ends.sigmoidInput(of: value) != nil { return all(.sigmoid(value)) }
    switch node.op {
    case let softmax as Softmax: return all(softmax.axis == axis ? .softmax(value) : .other)
    case is Identity: return source(axis)
    case let transpose as Transpose: return source(transpose.permutation[axis])
    case is Reshape:
      let before = self.shape(node.inputs[0])
      if let same = Self.axis(alike: axis, of: shape, in: before) { return source(same) }
      if let whole = Self.axis(splitInto: axis, of: shape, in: before) {
        let (kinds, inner) = (source(whole.axis), whole.inner)
        return (0..<count).map { index in
          let own = Set(kinds.enumerated().filter { $0.offset / inner % count == index }.map(\.element))
          return own.count == 1 ? own.first ?? .other : .other
        }
      }
      // What is alike along one axis is alike throughout.
      for wide in before.indices where before[wide] > 1 {
        let own = Set(source(wide))
        if let kind = own.first, own.count == 1, kind != .other { return all(kind) }
      }
      return all(.other)
    case let joining as Concatenation:
      let parts = node.inputs.map { kinds(of: $0, along: axis, depth: depth + 1) }
      if joining.axis == axis { return parts.flatMap { $0 } }
      return (0..<count).map { index in
        parts.map { $0.indices.contains(index) ? $0[index] : .other }.reduce(nil) { Self.merged($0, $1) } ?? .other
      }
    case let slice as Slice:
      let kinds = source(axis)
      return (0..<count).map { kinds[slice.starts[axis] + $0 * slice.steps[axis]] }
    case let gather as Gather:
      if gather.axis == axis, gather.indicesShape.count == 1 { return gather.indices.map { source(axis)[$0] } }
      let added = gather.indicesShape.count - 1
      if axis < gather.axis { return source(axis) }
      return axis > gather.axis + added ? source(axis - added) : all(.other)
    case let ranking as TopK where ranking.result == .values:
      let kinds = source(axis)
      return ranking.axis == axis ? Array(kinds.prefix(count)) : kinds
    case let reduction as Reduction where reduction.reduction == .max:
      let kinds = Set(source(axis))
      return kinds.count == 1 ? all(kinds.first ?? .other) : all(.other)
    case is Linear, is MatrixProduct, is Convolution: return all(.linear)
    case let arithmetic as Arithmetic where arithmetic.function == .multiply:
      return all(factors(of: value, along: axis, depth: depth) == nil ? .other : .product(value))
    case let arithmetic as Arithmetic where arithmetic.function == .add:
      // A bias.
      let variable = node.inputs.filter { !ends.constants.contains($0) }
      guard variable.count == 1, variable[0] == node.inputs[0], self.shape(variable[0]) == shape,
        source(axis).allSatisfy({ $0 == .linear }), shape.count > 1
      else { return all(.other) }
      let bias = node.inputs.first { $0 != variable[0] } ?? ""
      return self.shape(bias).reduce(1, *) <= shape[shape.count - 1] ? all(.linear) : all(.other)
    default:
      guard node.picksByIndex else { return all(.other) }
      let kinds = self.shape(node.inputs[0]).count == shape.count ? source(axis) : []
      if kinds.count == count { return kinds }
      let own = Set(kinds)
      return own.count == 1 ? all(own.first ?? .other) : all(.other)
    }
  }

  /// Whether one value is computed from another's numbers, rather than picked by them.
  func isMade(_ value: String, of source: String) -> Bool {
    var (waiting, seen): ([String], Set<String>) = ([value], [])
    while let next = waiting.popLast() {
      guard seen.insert(next).inserted else { continue }
      if next == source { return true }
      guard let node = ends.producers[next] else { continue }
      for (index, input) in node.inputs.enumerated() where node.op.hasDerivative(by: index) { waiting.append(input) }
    }
    return false
  }

  /// Whether a value's numbers along an axis may be those of boxes: probabilities that share a softmax, or products of such,
  /// are none.
  func mayBeBoxes(_ value: String, along axis: Int) -> Bool {
    !kinds(of: value, along: axis).contains { $0.isSoftmax || $0.isProduct || $0 == .whole }
  }

  /// Whether a value's numbers are those of layers with weights, negative ones set to zero.
  func isRectified(_ value: String) -> Bool {
    var (waiting, steps) = ([value], 0)
    var isFound = false
    while let next = waiting.popLast(), steps < 400 {
      steps += 1
      guard let node = ends.producers[next] else { return false }
      switch node.op {
      case is Identity, is Reshape, is Transpose, is Slice, is Gather: waiting.append(node.inputs[0])
      case is Concatenation: waiting += node.inputs
      case let function as ElementwiseFunction where function.function == .relu: isFound = true
      default: return false
      }
    }
    return isFound
  }

  /// The sigmoids that a value is the product of: those of the classes along an axis, and the one of an objectness.
  func factors(of value: String, along axis: Int, depth: Int = 0) -> (classes: String, objectness: String)? {
    guard let (a, b) = ends.operands(of: value, .multiply), a != b else { return nil }
    let whole = shape(value), isWide = shape(a).indices.contains(axis) && shape(a)[axis] == whole[axis]
    let (classes, objectness) = isWide ? (a, b) : (b, a)
    var narrow = whole
    narrow[axis] = 1
    guard shape(classes) == whole, shape(objectness) == narrow,
      [classes, objectness].allSatisfy({ kinds(of: $0, along: axis, depth: depth + 1).allSatisfy(\.isSigmoid) })
    else { return nil }
    return (classes, objectness)
  }

  /// What a slice takes, where that was joined with others before, as boxes are with scores.
  func source(of slice: Slice, _ node: Node) -> String? {
    var (value, extents) = (node.inputs[0], shape(node.inputs[0]))
    let axes = extents.indices.filter { slice.starts[$0] != 0 || slice.ends[$0] != extents[$0] }
    guard var axis = axes.first, axes.count == 1, slice.steps[axis] == 1 else { return nil }
    let range = slice.starts[axis]..<slice.ends[axis]
    while let node = ends.producers[value] {
      switch node.op {
      case is Identity: value = node.inputs[0]
      case let transpose as Transpose: (value, axis) = (node.inputs[0], transpose.permutation[axis])
      case let joining as Concatenation where joining.axis == axis:
        var start = 0
        for input in node.inputs {
          extents = shape(input)
          if range == start..<start + extents[axis] { return input }
          start += extents[axis]
        }
        return nil
      default: return nil
      }
    }
    return nil
  }

  private static func merged(_ a: Kind?, _ b: Kind) -> Kind {
    guard let a else { return b }
    switch (a, b) {
    case (.sigmoid, .sigmoid), (.softmax, .softmax), (.product, .product): return a
    default: return a == b ? a : .other
    }
  }

  /// The axis of `before` that a reshape leaves as `axis` of `after`.
  static func axis(alike axis: Int, of after: [Int], in before: [Int]) -> Int? {
    let leading = after.prefix(axis).reduce(1, *)
    return before.indices.first { before[$0] == after[axis] && before.prefix($0).reduce(1, *) == leading }
  }

  /// The first of two neighbouring axes of `before` that a reshape makes one, `axis` of `after`.
  static func axes(mergedInto axis: Int, of after: [Int], in before: [Int]) -> Int? {
    let leading = after.prefix(axis).reduce(1, *)
    return before.indices.dropLast().first {
      before[$0] * before[$0 + 1] == after[axis] && before[$0] > 1 && before[$0 + 1] > 1
        && before.prefix($0).reduce(1, *) == leading
    }
  }

  /// The axis of `before` that a reshape splits, of whose parts `axis` is one, and how many scalars of it lie under each
  /// position there.
  static func axis(splitInto axis: Int, of after: [Int], in before: [Int]) -> (axis: Int, inner: Int)? {
    let leading = after.prefix(axis).reduce(1, *)
    for whole in before.indices {
      let outside = before.prefix(whole).reduce(1, *), until = outside * before[whole]
      guard outside <= leading, leading % outside == 0, leading * after[axis] <= until,
        until % (leading * after[axis]) == 0
      else { continue }
      return (whole, until / (leading * after[axis]))
    }
    return nil
  }
}

extension Node {
  /// Whether the output holds scalars of the first input, picked along an axis by positions that depend on the image.
  var picksByIndex: Bool {
    inputs.count >= 2 && ["GatherElements", "GatherND", "Gather", "IndexedPicking"].contains(op.name)
  }
}
