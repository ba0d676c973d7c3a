import GraphEngine
import Kernels

extension OperatorTable {
  /// `Einsum` as diagonals, sums and matrix products, its operands joined from left to right.
  static func einsum(_ call: OperatorCall, _ graph: inout Lowering) throws(ONNXError) -> Value {
    var operands: [Value] = []
    for index in call.inputs.indices { operands.append(try call.input(index)) }
    guard let text = try call.attributes.string("equation"),
      let equation = EinsumEquation(text, ranks: operands.map(\.shape.count))
    else { throw call.malformed("its equation does not fit its \(operands.count) inputs") }
    guard let extents = equation.extents(operands.map(\.shape)) else {
      throw call.malformed("its inputs' extents do not fit the equation '\(text)'")
    }
    var terms: [EinsumTerm] = []
    for (value, labels) in zip(operands, equation.operands) {
      terms.append(try EinsumTerm(value, labels).diagonal(extents, for: call, &graph))
    }
    var result = terms.removeFirst()
    while true {
      let needed = Set(equation.output).union(terms.flatMap(\.labels))
      result = try result.summed(keeping: needed, for: call, &graph)
      guard !terms.isEmpty else { break }
      let after = Set(equation.output).union(terms.dropFirst().flatMap(\.labels))
      let next = try terms.removeFirst().summed(keeping: after.union(result.labels), for: call, &graph)
      result = try result.product(with: next, keeping: after, extents, for: call, &graph)
    }
    return try result.arranged(equation.output, for: call, &graph).value
  }
}

/// A value of an Einstein sum with the label of each of its axes.
private struct EinsumTerm {
  let value: Value
  let labels: [Int]

  init(_ value: Value, _ labels: [Int]) { (self.value, self.labels) = (value, labels) }

  /// The term with each label once, its axes as long as the label's extent.
  func diagonal(
    _ extents: [Int: Int], for call: OperatorCall, _ graph: inout Lowering
  ) throws(ONNXError) -> EinsumTerm {
    let distinct = labels.indices.filter { labels.firstIndex(of: labels[$0]) == $0 }.map { labels[$0] }
    let shape = distinct.map { extents[$0]! }
    if distinct == labels {
      return EinsumTerm(value.shape == shape ? value : try graph.add(Expand(to: shape), [value], for: call), labels)
    }
    let strides = rowMajorStrides(of: value.shape)
    let steps = distinct.map { label in labels.indices.filter { labels[$0] == label }.reduce(0) { $0 + strides[$1] } }
    let op = Picking(places: places(over: shape, strides: steps), from: value.shape, shape: shape)
    return EinsumTerm(try graph.add(op, [value], for: call), distinct)
  }

  /// The sum over all labels that nothing else needs.
  func summed(
    keeping needed: Set<Int>, for call: OperatorCall, _ graph: inout Lowering
  ) throws(ONNXError) -> EinsumTerm {
    let axes = labels.indices.filter { !needed.contains(labels[$0]) }
    if axes.isEmpty { return self }
    let sum = try graph.add(Reduction(.sum, axes: axes, keepsDimensions: false), [value], for: call)
    return EinsumTerm(sum, labels.filter(needed.contains))
  }

  /// The axes in another order.
  func arranged(
    _ order: [Int], for call: OperatorCall, _ graph: inout Lowering
  ) throws(ONNXError) -> EinsumTerm {
    if order == labels { return self }
    let permutation = order.compactMap(labels.firstIndex(of:))
    return EinsumTerm(try graph.add(Transpose(permutation: permutation), [value], for: call), order)
  }

  /// One matrix product for each setting of the labels that both terms have and something later needs.
  func product(
    with other: EinsumTerm, keeping needed: Set<Int>, _ extents: [Int: Int], for call: OperatorCall,
    _ graph: inout Lowering
  ) throws(ONNXError) -> EinsumTerm {
    let shared = labels.filter(other.labels.contains)
    let batch = shared.filter(needed.contains)
    let contracted = shared.filter { !needed.contains($0) }
    let left = labels.filter { !shared.contains($0) }
    let right = other.labels.filter { !shared.contains($0) }
    func count(_ labels: [Int]) -> Int { labels.reduce(1) { $0 * extents[$1]! } }
    let leading = batch.isEmpty ? [] : [count(batch)]
    let a = try arranged(batch + left + contracted, for: call, &graph).value
    let b = try other.arranged(batch + contracted + right, for: call, &graph).value
    let rows = try graph.reshaped(a, to: leading + [count(left), count(contracted)], for: call)
    let columns = try graph.reshaped(b, to: leading + [count(contracted), count(right)], for: call)
    let product = try graph.add(MatrixProduct(), [rows, columns], for: call)
    let result = batch + left + right
    return EinsumTerm(try graph.reshaped(product, to: result.map { extents[$0]! }, for: call), result)
  }
}

extension Lowering {
  /// A reshape, or nothing where the shape is the same.
  mutating func reshaped(_ x: Value, to shape: [Int], for call: OperatorCall) throws(ONNXError) -> Value {
    x.shape == shape ? x : try add(Reshape(to: shape), [x], for: call)
  }
}
