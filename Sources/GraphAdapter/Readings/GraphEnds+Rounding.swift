import AttributionKit
import GraphEngine
import Kernels

/// Ends of whole numbers: what ranks, compares or rounds scores, and what is made of that.
extension GraphEnds {
  /// The values by which something of the inputs can be differentiated.
  static func differentiable(in graph: Graph) -> Set<String> {
    var readers: [String: [Node]] = [:]
    for node in graph.nodes { for input in Set(node.inputs) { readers[input, default: []].append(node) } }
    var found = Set(graph.inputs.map(\.name)), frontier = Array(found)
    while let value = frontier.popLast() {
      for node in readers[value] ?? [] where !found.contains(node.output) {
        let passes = node.inputs.indices.contains { node.inputs[$0] == value && node.op.hasDerivative(by: $0) }
        guard passes else { continue }
        found.insert(node.output)
        frontier.append(node.output)
      }
    }
    return found
  }

  /// What is explained of an output of whole numbers: the scores that they are made of, where these are one value.
  ///
  /// - Returns: `nil` where the value has a derivative, or its scores cannot be told.
  func wholeNumbers(_ value: String, _ passed: [String]) -> Found? {
    guard !differentiable.contains(value), let count = counting(behind: value)?.ofRanked(in: self),
      count.scores.count == 1,
      let scores = count.scores.first
    else { return nil }
    var found: Found
    if let ranking = count.ranking {
      found = ranked(ranking, passed + count.names)
      found.renamesClasses = count.isFurther
    } else {
      found = reading(of: scores)
      found.steppedOver = passed + count.names + found.steppedOver
    }
    let bounds = count.comparisons.compactMap { self.bounds(of: $0, on: scores) }
    guard let least = bounds.map(\.lowerBound).min(), let greatest = bounds.map(\.upperBound).max() else {
      return found
    }
    // Between two bounds, more is neither yes nor no.
    let asksMore = count.comparisons.count == 1 ? count.comparisons[0].asksMore(scores) : nil
    let isAbove = count.isTurned.flatMap { isTurned in asksMore.map { $0 != isTurned } }
    found.decision = OutputReading.Decision(
      bounds: least...greatest, isAbove: isAbove, isOfProbability: isSoftmax(scores) || mixture(in: scores) != nil)
    guard isAbove == false else { return found }
    // What the file calls yes is explained: the sides change.
    if found.link == .sigmoid || found.link == nil && !found.isProbability {
      found = found.turned()
    } else if found.isProbability {
      found = found.mapped(by: -1, plus: 1, called: "1 − \(found.logits)")
    } else {
      return found
    }
    found.decision?.isScoreTurned = true
    return found
  }

  /// The probabilities that a value is, rounded to steps and brought back to their own scale, as quantised networks end.
  func roundedProbabilities(_ value: String) -> String? {
    guard let source = rounded(value),
      isSoftmax(source) || sigmoidInput(of: source) != nil || mixture(in: source) != nil
    else { return nil }
    return source
  }

  /// What a value is, rounded to steps of a scale and multiplied by it again.
  private func rounded(_ value: String) -> String? {
    let (numbers, scale, shift) = affine(value)
    guard let node = producers[numbers], node.op is Quantization, let step = number(node.inputs[1]),
      let zero = number(node.inputs[2]), abs(scale - step) < 1e-3 * step, abs(shift + step * zero) < 1e-3 * step
    else { return nil }
    return node.inputs[0]
  }

  /// What lies between whole numbers and the last scores that have a derivative.
  private struct Counting {
    var scores: Set<String> = []
    /// The names of the operators that have none, from the end on.
    var names: [String] = []
    var ranking: Node?
    var comparisons: [Node] = []
    /// Whether a truth becomes its contrary on the way; `nil` where the ways differ.
    var isTurned: Bool? = false
    /// Whether more than reorderings follow.
    var isFurther = false

    /// The same with the scores that are ranked alone, where the others are made of those, as their greatest is.
    func ofRanked(in ends: GraphEnds) -> Counting {
      guard scores.count > 1, let ranked = ranking?.inputs.first(where: { !ends.constants.contains($0) }),
        scores.allSatisfy({ ends.isMade($0, of: ranked) })
      else { return self }
      var count = self
      (count.scores, count.comparisons) = ([ranked], [])
      return count
    }
  }

  /// Whether a value is another one, or made of that and of constants alone.
  private func isMade(_ value: String, of source: String, depth: Int = 8) -> Bool {
    if value == source { return true }
    guard depth > 0, let node = producers[value] else { return false }
    let variable = node.inputs.filter { !constants.contains($0) }
    return !variable.isEmpty && variable.allSatisfy { isMade($0, of: source, depth: depth - 1) }
  }

  private func counting(behind value: String) -> Counting? {
    var count = Counting(), seen: Set<String> = [], pending = [value]
    while let value = pending.popLast() {
      guard seen.insert(value).inserted, let node = producers[value] else { continue }
      let variable = node.inputs.filter { !constants.contains($0) }
      let ends = Set(variable.filter(differentiable.contains))
      if !ends.isEmpty {
        // Scores come in here, and only into what ranks, compares or rounds.
        guard Set(variable) == ends, node.op.makesWholeNumbers else { return nil }
        count.scores.formUnion(ends)
        if !count.names.contains(node.op.name) { count.names.append(node.op.name) }
        if node.op is ArgExtremum || node.op is TopK || node.op is Hardmax { count.ranking = count.ranking ?? node }
        if node.op is GraphEngine.Comparison || node.op.isSign { count.comparisons.append(node) }
        continue
      }
      guard node.op.keepsCount else { return nil }
      // A number in its place where nothing is sure renames no class.
      let isRejection = node.op is Selection && node.inputs.dropFirst().contains(where: constants.contains)
      if !(node.op is Identity || node.op is Reshape || node.op is Transpose || node.op.isRounding || isRejection) {
        count.isFurther = true
      }
      count.isTurned = variable.count == 1 ? turns(node).flatMap { turns in count.isTurned.map { $0 != turns } } : nil
      pending += variable
    }
    return count
  }

  /// Whether a step makes less of more; `nil` where it does neither.
  private func turns(_ node: Node) -> Bool? {
    switch node.op {
    case is Identity, is Reshape, is Transpose, is Expand, is Slice, is Concatenation: return false
    case let function as ElementwiseFunction:
      switch function.function {
      case .neg: return true
      case .linear(let scale, _): return scale < 0
      default: return node.op.isRounding ? false : nil
      }
    case let comparison as GraphEngine.Comparison:
      guard let constant = node.inputs.first(where: constants.contains), let number = number(constant) else {
        return nil
      }
      switch (comparison.relation, number) {
      case (.equal, 0), (.notEqual, 1): return true
      case (.equal, 1), (.notEqual, 0): return false
      default: return nil
      }
    case let arithmetic as Arithmetic:
      let isFirst = constants.contains(node.inputs[0])
      let factor = number(node.inputs[isFirst ? 0 : 1])
      switch arithmetic.function {
      case .subtract: return isFirst
      case .add: return false
      case .multiply, .divide: return factor.map { $0 < 0 }
      default: return nil
      }
    case is Selection:
      guard let yes = number(node.inputs[1]), let no = number(node.inputs[2]) else { return nil }
      return yes < no
    default: return nil
    }
  }

  /// What a comparison compares scores with.
  private func bounds(of node: Node, on scores: String) -> ClosedRange<Float>? {
    if node.op.isSign { return 0...0 }
    return node.inputs.first { $0 != scores }.flatMap(range)
  }
}

extension Node {
  /// Whether a comparison holds for great scores rather than for small ones; `nil` for others.
  fileprivate func asksMore(_ scores: String) -> Bool? {
    if op.isSign { return true }
    guard let relation = (op as? GraphEngine.Comparison)?.relation else { return nil }
    let isFirst = inputs[0] == scores
    switch relation {
    case .greater, .greaterOrEqual: return isFirst
    case .less, .lessOrEqual: return !isFirst
    default: return nil
    }
  }
}

extension Operator {
  /// Whether its output can be differentiated by an input.
  func hasDerivative(by input: Int) -> Bool {
    switch self {
    case is Selection: input > 0
    // Gradients go straight through quantisation.
    case is Quantization, is DynamicQuantization: input == 0
    case let topK as TopK: topK.result == .values
    case is IndexedPicking, is RegionAlignment: input == 0
    case is IndexedScattering: input != 1
    case let whole as IntegerArithmetic: whole.hasSlope
    default: !makesWholeNumbers
    }
  }

  /// Whether it ranks, compares or rounds.
  var makesWholeNumbers: Bool {
    switch self {
    case is ArgExtremum, is Hardmax, is GraphEngine.Comparison: true
    case let topK as TopK: topK.result == .places
    default: isRounding || isSign
    }
  }

  fileprivate var isRounding: Bool {
    switch (self as? ElementwiseFunction)?.function {
    case .floor, .ceil, .round, .truncate: true
    default: false
    }
  }

  fileprivate var isSign: Bool { (self as? ElementwiseFunction)?.function == .sign }

  /// Whether whole numbers are only counted, looked up, moved or compared by it, rather than computed with by layers.
  fileprivate var keepsCount: Bool {
    switch self {
    case is Identity, is Reshape, is Transpose, is Expand, is Slice, is Gather, is Concatenation, is Picking: true
    case is Arithmetic, is ElementwiseFunction, is GraphEngine.Comparison, is Selection, is Reduction: true
    case is Scattering, is CumulativeSum, is DivisionRemainder, is IntegerArithmetic: true
    case is IndexedPicking, is IndexedScattering: true
    default: false
    }
  }
}
