import GraphEngine
import Kernels

extension GraphEnds {
  /// The input of a sigmoid that `value` is, or is one minus; moved at most.
  func sigmoidInput(of value: String) -> (name: String, isTurned: Bool)? {
    guard let node = producers[value] else { return nil }
    switch node.op {
    case let function as ElementwiseFunction:
      switch function.function {
      case .sigmoid: return (node.inputs[0], false)
      case .reciprocal: return spelledSigmoidInput(below: node.inputs[0])
      default: return nil
      }
    case is Identity: return sigmoidInput(of: node.inputs[0])
    case let arithmetic as Arithmetic where arithmetic.function == .subtract && range(of: node.inputs[0]) == 1...1:
      return sigmoidInput(of: node.inputs[1]).map { ($0.name, !$0.isTurned) }
    case let arithmetic as Arithmetic where arithmetic.function == .divide && range(of: node.inputs[0]) == 1...1:
      return spelledSigmoidInput(below: node.inputs[1])
    default: return nil
    }
  }

  /// Of `1 / (1 + exp(−z))` what stands below: `z`, or what is turned around to become it.
  private func spelledSigmoidInput(below value: String) -> (name: String, isTurned: Bool)? {
    guard let sum = producers[value], (sum.op as? Arithmetic)?.function == .add,
      let one = sum.inputs.first(where: { range(of: $0) == 1...1 }), let rest = sum.inputs.first(where: { $0 != one }),
      let power = producers[rest], (power.op as? ElementwiseFunction)?.function == .exp
    else { return nil }
    if let turned = producers[power.inputs[0]], (turned.op as? ElementwiseFunction)?.function == .neg {
      return (turned.inputs[0], false)
    }
    return (power.inputs[0], true)
  }

  /// Of `exp(z − max z) / Σ exp(z − max z)` the logits `z`.
  func spelledSoftmaxInput(of value: String) -> String? {
    guard let quotient = producers[value], (quotient.op as? Arithmetic)?.function == .divide,
      let power = producers[quotient.inputs[0]], (power.op as? ElementwiseFunction)?.function == .exp,
      let sum = producers[quotient.inputs[1]], (sum.op as? Reduction)?.reduction == .sum,
      sum.inputs[0] == quotient.inputs[0]
    else { return nil }
    let exponent = power.inputs[0]
    // The greatest is subtracted so that nothing overflows, which changes no probability but every derivative.
    guard let difference = producers[exponent], (difference.op as? Arithmetic)?.function == .subtract,
      let greatest = producers[difference.inputs[1]], (greatest.op as? Reduction)?.reduction == .max,
      greatest.inputs[0] == difference.inputs[0]
    else { return exponent }
    return difference.inputs[0]
  }

  /// Whether `value` is a softmax, moved at most.
  func isSoftmax(_ value: String) -> Bool {
    guard let node = producers[value] else { return false }
    switch node.op {
    case is Softmax: return true
    case is Identity, is Reshape, is Transpose: return isSoftmax(node.inputs[0])
    default: return spelledSoftmaxInput(of: value) != nil
    }
  }

  /// What is made of softmaxes or sigmoids alone, and between which bounds it lies.
  struct Mixture {
    /// The least telling of what it is made of.
    var kind: OutputReading.Ending
    var low: Float
    var high: Float
  }

  /// What every way to `value` comes from, if that is softmaxes or sigmoids: their means, parts, products, complements.
  func mixture(in value: String, depth: Int = 0) -> Mixture? {
    guard depth < 64, let node = producers[value] else { return nil }
    func whole(_ inputs: [String]) -> Mixture? {
      let parts = inputs.filter { !constants.contains($0) }.map { mixture(in: $0, depth: depth + 1) }
      guard !parts.isEmpty, !parts.contains(where: { $0 == nil }) else { return nil }
      return parts.compactMap { $0 }.reduce(nil) { all, part in
        guard let all else { return part }
        return Mixture(kind: max(all.kind, part.kind), low: min(all.low, part.low), high: max(all.high, part.high))
      }
    }
    switch node.op {
    case is Softmax: return Mixture(kind: .softmax, low: 0, high: 1)
    case let function as ElementwiseFunction:
      guard let inner = function.function == .sigmoid ? nil : whole(node.inputs) else {
        let isSigmoid = function.function == .sigmoid || sigmoidInput(of: value) != nil
        return isSigmoid ? Mixture(kind: .sigmoid, low: 0, high: 1) : nil
      }
      switch function.function {
      case .clip(let low, let high):
        return Mixture(kind: inner.kind, low: max(inner.low, low), high: min(inner.high, high))
      case .linear(let scale, let shift): return inner.scaled(by: scale...scale).shifted(by: shift...shift)
      case .neg: return inner.scaled(by: -1...(-1))
      default: return nil
      }
    case is Identity, is Reshape, is Transpose, is Concatenation, is Slice, is Gather, is GlobalAveragePool, is Expand:
      return whole(node.inputs)
    // A sum over places or classes is one of parts of a whole.
    case let reduction as Reduction where [.mean, .sum, .max, .min].contains(reduction.reduction):
      return whole(node.inputs)
    case let arithmetic as Arithmetic:
      if spelledSoftmaxInput(of: value) != nil { return Mixture(kind: .softmax, low: 0, high: 1) }
      if sigmoidInput(of: value) != nil { return Mixture(kind: .sigmoid, low: 0, high: 1) }
      return combined(arithmetic.function, node.inputs, depth)
    default: return nil
    }
  }

  /// Two mixtures, or one and a constant, by arithmetic.
  private func combined(_ function: BinaryFunction, _ inputs: [String], _ depth: Int) -> Mixture? {
    let parts = inputs.map { constants.contains($0) ? nil : mixture(in: $0, depth: depth + 1) }
    let ranges = zip(inputs, parts).map { input, part in
      part.map { min($0.low, $0.high)...max($0.low, $0.high) } ?? range(of: input)
    }
    guard parts.count == 2, let kind = parts.compactMap({ $0?.kind }).max(), let a = ranges[0], let b = ranges[1],
      !zip(inputs, parts).contains(where: { !constants.contains($0) && $1 == nil })
    else { return nil }
    let first = Mixture(kind: kind, low: a.lowerBound, high: a.upperBound)
    switch function {
    case .add: return first.shifted(by: b)
    case .subtract: return first.shifted(by: -b.upperBound...(-b.lowerBound))
    case .multiply: return first.scaled(by: b)
    // By a known number; by one of the network's own nothing is known of the result.
    case .divide where parts[1] == nil && b.lowerBound > 0:
      return first.scaled(by: 1 / b.upperBound...1 / b.lowerBound)
    default: return nil
    }
  }
}

extension GraphEnds.Mixture {
  func shifted(by range: ClosedRange<Float>) -> Self {
    Self(kind: kind, low: low + range.lowerBound, high: high + range.upperBound)
  }

  func scaled(by range: ClosedRange<Float>) -> Self {
    let ends = [low, high].flatMap { [$0 * range.lowerBound, $0 * range.upperBound] }
    return Self(kind: kind, low: ends.min() ?? 0, high: ends.max() ?? 0)
  }
}
