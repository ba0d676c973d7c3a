import Foundation
import GraphEngine
import Kernels

extension GraphEnds {
  /// Whether `value` is a softmax, moved at most.
  func isSoftmax(_ value: String) -> Bool {
    guard let node = producers[value] else { return false }
    switch node.op {
    case is Softmax: return true
    case is Identity, is Reshape, is Transpose: return isSoftmax(node.inputs[0])
    default: return spelledSoftmax(value) != nil || exponentialOfLogSoftmax(value) != nil
    }
  }

  /// The logits behind the logarithm of a softmax or sigmoid, kept from zero perhaps.
  func logarithm(of value: String, _ passed: [String]) -> Found? {
    let bare = unguarded(value)
    guard isSoftmax(bare) || sigmoidInput(of: bare) != nil else { return nil }
    var found = reading(of: bare)
    found.steppedOver = passed + ["Log"] + found.steppedOver
    return found
  }

  /// The logits behind negative logarithms of probabilities, of which the smallest is the answer.
  func negativeLogarithm(_ value: String, _ passed: [String]) -> Found? {
    let isLogarithm =
      spelledLogSoftmax(value) != nil || argument(of: value, .log).map { logarithm(of: $0, passed) != nil } == true
    guard isLogarithm else { return nil }
    var found = reading(of: value)
    found.steppedOver = passed + ["Neg"] + found.steppedOver
    found.isNegativeLogarithm = true
    return found
  }

  /// What is made of softmaxes or sigmoids alone, and between which bounds it lies.
  struct Mixture {
    /// The least telling of what it is made of.
    var kind: OutputReading.Ending
    var low: Float = 0
    var high: Float = 1
    /// Which softmaxes.
    var softmaxes: [SpelledSoftmax] = []
    /// Whether a number of the file stretches or shrinks it.
    var isScaled = false
    /// Whether its numbers are multiplied by different numbers of the file.
    var isWeighted = false
    /// Whether numbers so weighted are summed: an expected value, such as an age.
    var isExpectation = false

    /// The same bounds of what is made of this and another.
    func joined(_ other: Mixture) -> Mixture {
      Mixture(
        kind: max(kind, other.kind), low: min(low, other.low), high: max(high, other.high),
        softmaxes: softmaxes + other.softmaxes, isScaled: isScaled || other.isScaled,
        isWeighted: isWeighted || other.isWeighted, isExpectation: isExpectation || other.isExpectation)
    }

    func bounded(_ change: (Float) -> Float) -> Mixture {
      var mixture = self
      (mixture.low, mixture.high) = (change(low), change(high))
      return mixture
    }
  }

  /// What every way to `value` comes from, if that is softmaxes or sigmoids: their means, parts, products, complements.
  func mixture(in value: String, depth: Int = 0) -> Mixture? {
    guard depth < 64, let node = producers[value] else { return nil }
    func whole(_ inputs: [String]) -> Mixture? {
      let parts = inputs.filter { !constants.contains($0) }.map { mixture(in: $0, depth: depth + 1) }
      guard !parts.isEmpty, !parts.contains(where: { $0 == nil }) else { return nil }
      return parts.compactMap { $0 }.reduce(nil) { all, part in all.map { $0.joined(part) } ?? part }
    }
    if let known = simple(value, node) { return known }
    switch node.op {
    case let function as ElementwiseFunction:
      guard let inner = whole(node.inputs) else { return nil }
      switch function.function {
      case .clip(let low, let high): return inner.bounded { min(max($0, low), high) }
      case .linear(let scale, let shift): return inner.scaled(by: scale...scale).shifted(by: shift...shift)
      case .neg: return inner.scaled(by: -1...(-1))
      case .sqrt where inner.low >= 0: return inner.bounded { $0.squareRoot() }
      case .pow(let exponent) where exponent > 0 && inner.low >= 0: return inner.bounded { powf($0, exponent) }
      default: return nil
      }
    case is Identity, is Reshape, is Transpose, is Concatenation, is Slice, is Gather, is GlobalAveragePool, is Expand:
      return whole(node.inputs)
    case is Selection:
      // Probabilities below a bound are set to zero, say.
      guard var mixture = whole(Array(node.inputs.dropFirst())) else { return nil }
      for constant in node.inputs.dropFirst() {
        guard let range = range(of: constant) else { continue }
        (mixture.low, mixture.high) = (min(mixture.low, range.lowerBound), max(mixture.high, range.upperBound))
      }
      return mixture
    case let reduction as Reduction where [.mean, .sum, .max, .min].contains(reduction.reduction):
      return whole(node.inputs)?.reduced(by: reduction)
    case let arithmetic as Arithmetic: return combined(arithmetic.function, node.inputs, depth)
    // A single weighted sum of probabilities: an expected value.
    case is Linear, is MatrixProduct:
      guard node.inputs.count > 1, shape(of: node.inputs[1])?.last == 1, let weights = range(of: node.inputs[1]),
        weights.lowerBound != weights.upperBound, var mixture = whole([node.inputs[0]]), mixture.kind == .softmax,
        isSoftmax(node.inputs[0])
      else { return nil }
      mixture.isExpectation = true
      return mixture.scaled(by: weights)
    default: return nil
    }
  }

  /// A softmax or sigmoid in one operator or spelled out, or shares of a whole, which are probabilities as well.
  private func simple(_ value: String, _ node: Node) -> Mixture? {
    if node.op is Softmax { return Mixture(kind: .softmax, softmaxes: [softmax(node)].compactMap { $0 }) }
    if let softmax = spelledSoftmax(value) ?? exponentialOfLogSoftmax(value) {
      return Mixture(kind: .softmax, softmaxes: [softmax])
    }
    if sigmoidInput(of: value) != nil { return Mixture(kind: .sigmoid) }
    if let function = (node.op as? ElementwiseFunction)?.function, case .hardSigmoid = function {
      return Mixture(kind: .sigmoid)
    }
    guard let (above, below) = quotient(value), let sum = reduced(unguarded(below), .sum), isSame(sum.source, above),
      isNonnegative(above)
    else { return nil }
    return Mixture(kind: .softmax, softmaxes: [SpelledSoftmax(logits: above, axes: sum.axes)])
  }

  /// Whether a value cannot be negative, as far as the operators before it tell.
  private func isNonnegative(_ value: String, depth: Int = 6) -> Bool {
    if let range = range(of: value) { return range.lowerBound >= 0 }
    guard depth > 0, let node = producers[value] else { return false }
    func are(_ inputs: [String]) -> Bool { inputs.allSatisfy { isNonnegative($0, depth: depth - 1) } }
    switch node.op {
    case is Softmax: return true
    case is Identity, is Reshape, is Transpose, is Slice, is Gather, is Reduction: return are([node.inputs[0]])
    case let function as ElementwiseFunction:
      switch function.function {
      case .relu, .sigmoid, .softplus, .exp, .abs, .sqrt, .hardSigmoid: return true
      case .clip(let low, _): return low >= 0
      case .linear(let scale, let shift): return scale >= 0 && shift >= 0 && are(node.inputs)
      default: return false
      }
    case let arithmetic as Arithmetic:
      switch arithmetic.function {
      case .multiply where node.inputs[0] == node.inputs[1]: return true
      case .add, .multiply, .divide: return are(node.inputs)
      case .maximum: return node.inputs.contains { isNonnegative($0, depth: depth - 1) }
      default: return false
      }
    default: return false
    }
  }

  /// Whether a constant gives each number another weight, rather than being the shares of a weighted mean.
  private func weighs(_ constant: String) -> Bool {
    guard number(constant) == nil, let scalars = scalars(of: constant) else { return false }
    return abs(scalars.reduce(0, +) - 1) > 1e-3
  }

  /// Two mixtures, or one and a constant, by arithmetic.
  private func combined(_ function: BinaryFunction, _ inputs: [String], _ depth: Int) -> Mixture? {
    let parts = inputs.map { constants.contains($0) ? nil : mixture(in: $0, depth: depth + 1) }
    let ranges = zip(inputs, parts).map { input, part in
      part.map { min($0.low, $0.high)...max($0.low, $0.high) } ?? range(of: input)
    }
    guard parts.count == 2, let a = ranges[0], let b = ranges[1],
      !zip(inputs, parts).contains(where: { !constants.contains($0) && $1 == nil }),
      var first = parts.compactMap({ $0 }).reduce(nil as Mixture?, { all, part in all.map { $0.joined(part) } ?? part })
    else { return nil }
    (first.low, first.high) = (a.lowerBound, a.upperBound)
    switch function {
    case .add: return first.shifted(by: b)
    case .subtract: return first.shifted(by: -b.upperBound...(-b.lowerBound))
    case .maximum:
      (first.low, first.high) = (max(a.lowerBound, b.lowerBound), max(a.upperBound, b.upperBound))
      return first
    case .minimum:
      (first.low, first.high) = (min(a.lowerBound, b.lowerBound), min(a.upperBound, b.upperBound))
      return first
    case .multiply:
      first.isWeighted = first.isWeighted || inputs.contains(where: weighs)
      first.isScaled = first.isScaled || inputs.contains { number($0).map { $0 != 1 } ?? false }
      return first.scaled(by: b)
    // By a known number; by one of the network's own nothing is known of the result.
    case .divide where parts[1] == nil && b.lowerBound > 0:
      first.isWeighted = first.isWeighted || weighs(inputs[1])
      first.isScaled = true
      return first.scaled(by: 1 / b.upperBound...1 / b.lowerBound)
    default: return nil
    }
  }
}

extension GraphEnds.Mixture {
  /// What it is over some axes together: a sum of shares is one, but a sum of weighted shares, or of sigmoids, is an
  /// expected value or number.
  func reduced(by reduction: Reduction) -> Self {
    var mixture = self
    let isSum = reduction.reduction == .sum
    if isSum || reduction.reduction == .mean, isWeighted { mixture.isExpectation = true }
    guard isSum else { return mixture }
    // Sigmoids times shares are summed to a mean of sigmoids, whatever the shares are over.
    if kind == .sigmoid {
      if softmaxes.isEmpty { mixture.isExpectation = true }
      mixture.softmaxes = []
    } else {
      mixture.softmaxes.removeAll { !Set($0.axes).isDisjoint(with: reduction.axes) }
    }
    return mixture
  }

  func shifted(by range: ClosedRange<Float>) -> Self {
    var mixture = self
    (mixture.low, mixture.high) = (low + range.lowerBound, high + range.upperBound)
    return mixture
  }

  func scaled(by range: ClosedRange<Float>) -> Self {
    let ends = [low, high].flatMap { [$0 * range.lowerBound, $0 * range.upperBound] }
    var mixture = self
    (mixture.low, mixture.high) = (ends.min() ?? 0, ends.max() ?? 0)
    if range.lowerBound == range.upperBound, range.lowerBound != 1 { mixture.isScaled = true }
    return mixture
  }
}
