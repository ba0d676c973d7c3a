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

  /// Whether a value is the logarithm of a softmax or sigmoid.
  func isLogarithm(_ value: String) -> Bool {
    spelledLogSoftmax(value) != nil || argument(of: value, .log).map { logarithm(of: $0, []) != nil } == true
  }

  /// The logits behind negative logarithms of probabilities, of which the smallest is the answer.
  func negativeLogarithm(_ value: String, _ passed: [String]) -> Found? {
    guard isLogarithm(value) else { return nil }
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
    /// The shares of one whole that its parts are multiplied by, as a gate's; `nil` without such.
    var gate: Gate?

    /// The same bounds of what is made of this and another.
    func joined(_ other: Mixture) -> Mixture {
      Mixture(
        kind: max(kind, other.kind), low: min(low, other.low), high: max(high, other.high),
        softmaxes: softmaxes + other.softmaxes.filter { !softmaxes.contains($0) }, isScaled: isScaled || other.isScaled,
        isWeighted: isWeighted || other.isWeighted, isExpectation: isExpectation || other.isExpectation)
    }

    func bounded(_ change: (Float) -> Float) -> Mixture {
      var mixture = self
      (mixture.low, mixture.high) = (change(low), change(high))
      return mixture
    }
  }

  /// Shares of a whole, such as the numbers of a gate's softmax, or a sigmoid and its complement.
  struct Gate: Equatable {
    let whole: String
    var parts: Set<Int>
  }

  /// What every way to `value` comes from, if that is softmaxes or sigmoids: their means, parts, products, complements.
  func mixture(in value: String, depth: Int = 0) -> Mixture? {
    if let known = memory.mixtures[value] { return known }
    let found = mixture(made: value, depth)
    memory.mixtures[value] = .some(found)
    return found
  }

  /// What was found of values: sums may share their parts, and are looked at once.
  final class Memory {
    fileprivate var mixtures: [String: Mixture?] = [:]
  }

  private func mixture(made value: String, _ depth: Int) -> Mixture? {
    guard depth < 64, let node = producers[value] else { return nil }
    func whole(_ inputs: [String]) -> Mixture? {
      let parts = inputs.filter { !constants.contains($0) }.map { mixture(in: $0, depth: depth + 1) }
      guard !parts.isEmpty, !parts.contains(where: { $0 == nil }) else { return nil }
      return parts.compactMap { $0 }.reduce(nil) { all, part in all.map { $0.joined(part) } ?? part }
    }
    if let known = simple(value, node) { return known }
    if let source = roundedProbabilities(value) { return mixture(in: source, depth: depth + 1) }
    switch node.op {
    case let function as ElementwiseFunction:
      guard let inner = whole(node.inputs) else { return nil }
      switch function.function {
      case .clip(let low, let high): return inner.bounded { min(max($0, low), high) }
      case .linear(let scale, let shift): return inner.scaled(by: scale...scale).shifted(by: shift...shift)
      case .neg: return inner.scaled(by: -1...(-1))
      // Probabilities below a bound are set to zero.
      case .thresholdedReLU: return inner.bounded { min($0, 0) }.joined(inner)
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
        // Numbers in the place of infinities are none that a probability becomes.
        guard let range = range(of: constant), max(abs(range.lowerBound), abs(range.upperBound)) < 1e30 else {
          continue
        }
        (mixture.low, mixture.high) = (min(mixture.low, range.lowerBound), max(mixture.high, range.upperBound))
      }
      return mixture
    case let reduction as Reduction where reduction.reduction == .product:
      // Of numbers from 0 to 1, as `1 − Π(1 − p)` has them.
      guard var mixture = whole(node.inputs), mixture.low >= 0, mixture.high <= 1 else { return nil }
      (mixture.low, mixture.softmaxes) = (0, [])
      return mixture
    case let reduction as Reduction where [.mean, .sum, .max, .min].contains(reduction.reduction):
      return whole(node.inputs)?.reduced(by: reduction)
    case let arithmetic as Arithmetic: return combined(arithmetic.function, node.inputs, depth)
    case is MatrixProduct where node.inputs.count == 2 && node.inputs.allSatisfy({ !constants.contains($0) }):
      // Rows of probabilities, weighted by shares that are one in sum.
      guard isSoftmax(node.inputs[0]), var mixture = mixture(in: node.inputs[1], depth: depth + 1) else { return nil }
      mixture.softmaxes = []
      return mixture
    case is Linear where sharesOut(node), is MatrixProduct where sharesOut(node):
      // Probabilities of classes that are summed to those of groups, or shared out among others.
      guard var mixture = whole([node.inputs[0]]), mixture.low >= 0, mixture.high <= 1 else { return nil }
      if mixture.kind == .sigmoid { mixture.isExpectation = true }
      mixture.softmaxes = []
      return mixture
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
    // Of what is never negative the ℓ₁ norm is the sum.
    guard let (above, below) = quotient(value), isNonnegative(above),
      let sum = reduced(unguarded(below), .sum) ?? reduced(unguarded(below), .l1),
      isSame(argument(of: sum.source, .abs) ?? sum.source, above)
    else { return nil }
    return Mixture(kind: .softmax, softmaxes: [SpelledSoftmax(logits: above, axes: sum.axes)])
  }

  /// Whether a matrix of the file shares each number that it is given out among several: what they get is one in sum.
  private func sharesOut(_ node: Node) -> Bool {
    guard node.inputs.count == 2, let shape = shape(of: node.inputs[1]), shape.count == 2, shape[0] > 1, shape[1] > 1,
      let weights = scalars(of: node.inputs[1]), weights.allSatisfy({ $0 >= 0 })
    else { return false }
    let linear = node.op as? Linear, isTransposed = linear?.transposesWeights ?? false
    guard linear.map({ $0.alpha == 1 && !$0.transposesInput }) ?? true else { return false }
    let (numbers, others) = isTransposed ? (shape[1], shape[0]) : (shape[0], shape[1])
    return (0..<numbers).allSatisfy { number in
      let sum = (0..<others).reduce(Float(0)) {
        $0 + weights[isTransposed ? $1 * numbers + number : number * others + $1]
      }
      return abs(sum - 1) < 1e-3
    }
  }

  /// Whether a constant gives each number another weight, rather than being the shares of a weighted mean.
  private func weighs(_ constant: String) -> Bool {
    guard number(constant) == nil, let scalars = scalars(of: constant) else { return false }
    return abs(scalars.reduce(0, +) - 1) > 1e-3
  }

  /// Which share of which whole a value is, where it is one: a number of a softmax, a sigmoid, or one less a sigmoid.
  private func share(_ value: String, depth: Int = 8) -> Gate? {
    if let logit = sigmoidInput(of: value) {
      return Gate(whole: "sigmoid of \(logit.name)", parts: [logit.factor < 0 ? 1 : 0])
    }
    guard depth > 0, let node = producers[value] else { return nil }
    func part(_ index: Int, _ axis: Int, rank: Int?) -> Gate? {
      var source = node.inputs[0]
      while let inner = producers[source], inner.op is Identity { source = inner.inputs[0] }
      let whole = producers[source].flatMap { $0.op is Softmax ? softmax($0) : nil } ?? spelledSoftmax(source)
      guard let whole, whole.axes.count == 1, let along = whole.axes.first,
        along == axis || (rank.map({ along + $0 == axis }) ?? (along < 0))
      else { return nil }
      return Gate(whole: source, parts: [index])
    }
    switch node.op {
    case is Identity, is Reshape, is Expand: return share(node.inputs[0], depth: depth - 1)
    case let gather as Gather where gather.indices.count == 1: return part(gather.indices[0], gather.axis, rank: nil)
    case let slice as Slice:
      let single = slice.starts.indices.filter { slice.ends[$0] - slice.starts[$0] == 1 && slice.steps[$0] == 1 }
      return single.lazy.compactMap { part(slice.starts[$0], $0, rank: slice.starts.count) }.first
    default: return nil
    }
  }

  /// A mixture times its share, or a sum of such whose shares are of one whole: `g₀ p + g₁ q` with `g₀ + g₁ = 1` lies
  /// between the bounds of `p` and `q`.
  private func gated(_ function: BinaryFunction, _ inputs: [String], _ parts: [Mixture?]) -> Mixture? {
    if function == .multiply {
      for (gate, other) in [(0, 1), (1, 0)] {
        guard var mixture = parts[other], mixture.gate == nil, let share = share(inputs[gate]) else { continue }
        (mixture.low, mixture.gate) = (min(0, mixture.low), share)
        mixture.kind = max(mixture.kind, parts[gate]?.kind ?? mixture.kind)
        return mixture
      }
      return nil
    }
    guard let a = parts[0], let b = parts[1], let first = a.gate, let second = b.gate, first.whole == second.whole,
      first.parts.isDisjoint(with: second.parts)
    else { return nil }
    var mixture = a.joined(b)
    mixture.gate = Gate(whole: first.whole, parts: first.parts.union(second.parts))
    return mixture
  }

  /// A mixture of which comparisons decide what is kept and what is zero, `p · (p > 0.5)`.
  private func masked(_ inputs: [String], _ parts: [Mixture?]) -> Mixture? {
    for (mask, other) in [(0, 1), (1, 0)] where parts[mask] == nil && isTruth(inputs[mask]) {
      return parts[other].map { $0.joined($0.bounded { _ in 0 }) }
    }
    return nil
  }

  /// Whether a value is the outcome of comparisons.
  private func isTruth(_ value: String) -> Bool {
    guard let node = producers[value] else { return false }
    switch node.op {
    case is GraphEngine.Comparison: return true
    case is Identity, is Reshape, is Transpose, is Expand: return isTruth(node.inputs[0])
    case let arithmetic as Arithmetic where [.multiply, .maximum, .minimum].contains(arithmetic.function):
      return node.inputs.allSatisfy(isTruth)
    default: return false
    }
  }

  /// Two mixtures, or one and a constant, by arithmetic.
  private func combined(_ function: BinaryFunction, _ inputs: [String], _ depth: Int) -> Mixture? {
    let parts = inputs.map { constants.contains($0) ? nil : mixture(in: $0, depth: depth + 1) }
    let ranges = zip(inputs, parts).map { input, part in
      part.map { min($0.low, $0.high)...max($0.low, $0.high) } ?? range(of: input)
    }
    if function == .multiply || function == .add, let gated = gated(function, inputs, parts) { return gated }
    if function == .multiply, let masked = masked(inputs, parts) { return masked }
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
