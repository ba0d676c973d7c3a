import GraphEngine

/// Lists of tensors whose structure is known beforehand: they are taken apart while the graph is lowered, and leave at
/// most slices and joins behind.
extension ONNXModel {
  static let sequenceOperators: Set = [
    "SplitToSequence", "SequenceConstruct", "SequenceEmpty", "SequenceInsert", "SequenceErase", "SequenceAt",
    "SequenceLength", "ConcatFromSequence",
  ]

  /// - Returns: Whether the node was one of these.
  func lowerSequence(_ node: FileNode, into lowering: inout Lowering) throws(ONNXError) -> Bool {
    guard node.isSequence else { return false }
    let readsSequence = !["SplitToSequence", "SequenceConstruct", "SequenceEmpty"].contains(node.type)
    let items = readsSequence ? try lowering.sequence(node.inputs.first ?? "", readBy: node.label) : []
    var inputs: [Value?] = readsSequence ? [nil] : []
    for name in node.inputs.dropFirst(readsSequence ? 1 : 0) {
      inputs.append(name.isEmpty ? nil : try lowering.value(name, readBy: node.label))
    }
    let call = OperatorCall(
      node: node, opset: opsets[""] ?? opset, inputs: inputs, sources: lowering.sources(of: inputs))
    let firstNode = lowering.graph.nodes.count
    switch node.type {
    case "SequenceEmpty": lowering.setSequence([], for: call)
    case "SequenceConstruct": lowering.setSequence(inputs.compactMap { $0 }, for: call)
    case "SplitToSequence": lowering.setSequence(try parts(of: call, &lowering), for: call)
    case "SequenceInsert":
      var items = items
      let place = try call.place(2, among: items.count + 1) ?? items.count
      items.insert(try call.input(1), at: place)
      lowering.setSequence(items, for: call)
    case "SequenceErase":
      var items = items
      guard let place = try call.place(1, among: items.count) ?? items.indices.last else {
        throw call.malformed("its sequence is empty")
      }
      items.remove(at: place)
      lowering.setSequence(items, for: call)
    case "SequenceAt":
      guard let place = try call.place(1, among: items.count) else { throw call.malformed("it has no position") }
      try lowering.bind([items[place]], of: call, since: firstNode)
    case "SequenceLength":
      try lowering.bind(
        [.constant(Constant(integers: [items.count], shape: []), name: "")], of: call, since: firstNode)
    default: try lowering.bind([try joined(items, call, &lowering)], of: call, since: firstNode)
    }
    return true
  }

  /// The parts that `SplitToSequence` makes: of one length, or of the lengths listed; of length one without the axis
  /// where it says nothing else.
  private func parts(of call: OperatorCall, _ lowering: inout Lowering) throws(ONNXError) -> [Value] {
    let x = try call.input(0)
    let axis = try call.axis(try call.attributes.integer("axis") ?? 0, rank: x.shape.count), extent = x.shape[axis]
    let given = try call.integers(1, "the lengths of its parts")
    var sizes = given ?? [Int](repeating: 1, count: extent)
    if call.optionalInput(1)?.shape == [], let size = given?.first {
      guard size > 0 else { throw call.malformed("its parts have no length") }
      sizes = stride(from: 0, to: extent, by: size).map { min(size, extent - $0) }
    }
    guard sizes.allSatisfy({ $0 > 0 }), sizes.reduce(0, +) == extent, sizes.count <= 4096 else {
      throw call.malformed("its parts do not make up \(extent)")
    }
    let keepsAxis = try call.attributes.flag("keepdims", default: true), dropsAxis = given == nil && !keepsAxis
    var (start, values): (Int, [Value]) = (0, [])
    for size in sizes {
      var starts = x.shape.map { _ in 0 }, ends = x.shape
      (starts[axis], ends[axis]) = (start, start + size)
      start += size
      let part = try lowering.add(Slice(starts: starts, ends: ends, steps: x.shape.map { _ in 1 }), [x], for: call)
      var shape = part.shape
      if dropsAxis { shape.remove(at: axis) }
      values.append(dropsAxis ? try lowering.add(Reshape(to: shape), [part], for: call) : part)
    }
    return values
  }

  private func joined(
    _ items: [Value], _ call: OperatorCall, _ lowering: inout Lowering
  ) throws(ONNXError) -> Value {
    guard let first = items.first else { throw call.malformed("its sequence is empty") }
    let isNew = try call.attributes.flag("new_axis")
    let axis = try call.axis(try call.attributes.integer("axis") ?? 0, rank: first.shape.count + (isNew ? 1 : 0))
    var parts = items
    if isNew {
      for (index, item) in items.enumerated() {
        var shape = item.shape
        shape.insert(1, at: axis)
        parts[index] = try lowering.add(Reshape(to: shape), [item], for: call)
      }
    }
    return parts.count == 1 ? parts[0] : try lowering.add(Concatenation(axis: axis), parts, for: call)
  }
}

extension FileNode {
  /// Whether the node makes or reads a list of tensors.
  var isSequence: Bool { domain.isEmpty && ONNXModel.sequenceOperators.contains(type) }
}

extension OperatorCall {
  /// A position in a list, counted from the front; `nil` where the file gives none.
  fileprivate func place(_ index: Int, among count: Int) throws(ONNXError) -> Int? {
    guard let place = try integers(index, "the position in the sequence")?.first else { return nil }
    guard (-count..<count).contains(place) else { throw malformed("its sequence has no item \(place)") }
    return place < 0 ? place + count : place
  }
}
