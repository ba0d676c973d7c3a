import AttributionKit
import GraphEngine
import Kernels

/// The end of a graph, walked back from an output to the logits.
struct GraphEnds {
  let producers: [String: Node]
  let constants: Set<String>
  /// The values by which something of the input can still be differentiated.
  let differentiable: Set<String>
  private let arrays: [String: NDArray]
  let memory = Memory()

  init(_ graph: Graph) {
    arrays = graph.constants
    producers = Dictionary(graph.nodes.map { ($0.output, $0) }) { first, _ in first }
    var constants = Set(graph.constants.keys)
    for node in graph.nodes where node.inputs.allSatisfy(constants.contains) { constants.insert(node.output) }
    self.constants = constants
    differentiable = Self.differentiable(in: graph)
  }

  /// The scalars of a constant of the file; `nil` for what is computed.
  func scalars(of constant: String) -> [Float]? { arrays[constant]?.scalars }

  /// The shape of a constant of the file; `nil` for what is computed.
  func shape(of constant: String) -> [Int]? { arrays[constant]?.shape }

  /// The least and the greatest number of a constant of the file; `nil` for what is computed.
  func range(of constant: String) -> ClosedRange<Float>? {
    guard let scalars = scalars(of: constant), let least = scalars.min(), let greatest = scalars.max() else {
      return nil
    }
    return least...greatest
  }

  /// The one number that a constant of the file is throughout.
  func number(_ constant: String) -> Float? {
    range(of: constant).flatMap { $0.lowerBound == $0.upperBound ? $0.lowerBound : nil }
  }

  func reading(of output: String) -> Found {
    var found = walked(from: output)
    found.isSquashedTwice =
      found.link != nil && !found.addsNodes && (isSoftmax(found.logits) || sigmoidInput(of: found.logits) != nil)
    found.lacksDerivative = !differentiable.isEmpty && !found.addsNodes && !differentiable.contains(found.logits)
    return found
  }

  private func walked(from output: String) -> Found {
    var (value, passed): (String, [String]) = (output, [])
    while let node = producers[value] {
      if let source = roundedProbabilities(value) {
        passed.append("Quantization")
        value = source
        continue
      }
      switch node.op {
      case is Identity, is Reshape, is Transpose: value = node.inputs[0]
      case is Quantization, is TopK, is Hardmax:
        // What comes before is not a reordering of this output any longer.
        passed.append(node.op.name)
        return ranked(node, passed)
      case is Softmax, is LogSoftmax:
        return Found(
          logits: node.inputs[0], link: .softmax, steppedOver: passed + [node.op.name],
          softmaxes: [softmax(node)].compactMap { $0 }, ending: .softmax)
      case let function as ElementwiseFunction where function.function == .log:
        guard let found = logarithm(of: node.inputs[0], passed) else { return mixed(value, output, passed) }
        return found
      case let function as ElementwiseFunction where function.function == .neg:
        guard let found = negativeLogarithm(node.inputs[0], passed) else { return mixed(value, output, passed) }
        return found
      case let joining as Concatenation: return joined(node, joining.axis, output, passed)
      case let reduction as Reduction where reduction.reduction == .max && picksGreatest(reduction, of: node.inputs[0]):
        // The greatest of the probabilities, as TopK has it.
        var found = reading(of: node.inputs[0])
        found.steppedOver = passed + found.steppedOver
        found.isGreatest = true
        return found
      default:
        if let found = wholeNumbers(value, passed) { return found }
        // In a network that rounds within, nothing has a derivative; what ranks at its end is stepped over all the same.
        guard node.op.makesWholeNumbers, node.inputs.count(where: { !constants.contains($0) }) == 1 else {
          return mixed(value, output, passed)
        }
        return ranked(node, passed + [node.op.name])
      }
    }
    return Found(logits: output, steppedOver: passed)
  }

  /// The softmax that a node is.
  func softmax(_ node: Node) -> SpelledSoftmax? {
    switch node.op {
    case let softmax as Softmax: SpelledSoftmax(logits: node.inputs[0], axes: [softmax.axis])
    case let softmax as LogSoftmax: SpelledSoftmax(logits: node.inputs[0], axes: [softmax.axis])
    default: nil
    }
  }

  /// Whether the greatest of a softmax's numbers, or of their logarithms, is taken over its own axes.
  private func picksGreatest(_ reduction: Reduction, of value: String) -> Bool {
    var source = value
    while let node = producers[source], node.op is Identity { source = node.inputs[0] }
    guard let whole = producers[source].flatMap(softmax) ?? spelledSoftmax(source) ?? spelledLogSoftmax(source) else {
      return false
    }
    // Over the batch of one nothing is chosen.
    return reduction.axes.filter { $0 != 0 || whole.axes.contains(0) } == whole.axes
  }

  /// Steps over an operator that orders or rounds scores.
  func ranked(_ node: Node, _ passed: [String]) -> Found {
    let source = node.inputs.first { !constants.contains($0) } ?? node.inputs[0]
    var found = reading(of: source)
    found.steppedOver = passed + found.steppedOver
    let topK = node.op as? TopK
    // Sorted whole, scores are asked for neither end.
    let isSorted = topK.map { $0.count == width(of: source) } ?? false
    let takesSmallest = (node.op as? ArgExtremum)?.isLargest == false || topK?.isLargest == false && !isSorted
    guard takesSmallest else {
      // The greatest of negative logarithms is the least probable.
      found.smallestWins = found.isTurned
      return found
    }
    found.smallestWins = !found.isTurned
    // Distances, whose order turns with their signs; what a softmax makes of scores does not turn with them.
    return found.link == nil && !found.isProbability && !found.addsNodes ? found.turned() : found
  }

  /// How many numbers a linear layer has put out; `nil` where a value comes from none.
  private func width(of value: String, depth: Int = 8) -> Int? {
    guard depth > 0, let node = producers[value] else { return nil }
    switch node.op {
    case let linear as Linear: return shape(of: node.inputs[1]).map { linear.transposesWeights ? $0[0] : $0[1] }
    case is MatrixProduct: return shape(of: node.inputs[1])?.last
    case is Arithmetic, is ElementwiseFunction, is Identity, is Softmax, is LogSoftmax:
      return node.inputs.lazy.compactMap { width(of: $0, depth: depth - 1) }.first
    default: return nil
    }
  }

  /// A value that is no softmax or sigmoid itself: one spelled out, a mixture of such, or the logits.
  private func mixed(_ value: String, _ output: String, _ passed: [String]) -> Found {
    if let softmax = spelledSoftmax(value) ?? exponentialOfLogSoftmax(value) {
      return Found(
        logits: softmax.logits, link: .softmax, steppedOver: passed + ["Softmax"], softmaxes: [softmax],
        ending: .softmax)
    }
    if let softmax = spelledLogSoftmax(value) {
      return Found(
        logits: softmax.logits, link: .softmax, steppedOver: passed + ["LogSoftmax"], softmaxes: [softmax],
        ending: .softmax)
    }
    if let logit = sigmoidInput(of: value) {
      return Found(logits: logit.name, link: .sigmoid, steppedOver: passed + ["Sigmoid"], ending: .sigmoid)
        .scaled(by: logit.factor)
    }
    if let found = scaledLogarithm(value, passed) ?? complement(of: value, passed) { return found }
    guard let mixture = mixture(in: value) else {
      let bounds = bounds(of: value)
      if bounds.areProbabilities {
        return Found(
          logits: output, isProbability: true, steppedOver: passed, isProbabilityByBounds: true, ending: .sigmoid)
      }
      return Found(
        logits: output, steppedOver: passed, hasUnitLength: isUnitLength(value), isNonnegative: bounds.lowerBound >= 0,
        ending: isLinear(value) ? .linear : .other)
    }
    // What may be negative is a difference of probabilities, and none itself.
    guard mixture.low > -1e-3 || mixture.isExpectation else {
      return Found(logits: output, steppedOver: passed, obstacle: .difference)
    }
    var found = Found(
      logits: output, isProbability: true, steppedOver: passed, softmaxes: mixture.softmaxes, ending: mixture.kind)
    if mixture.isExpectation {
      found.obstacle = .expectation
      if mixture.low < 0 { return found }
    } else if mixture.isScaled, mixture.kind == .sigmoid, abs(mixture.high - 1) > 1e-3 || mixture.low > 1e-3 {
      found.scaledRange = mixture.low...mixture.high
    }
    // A sum of several, or per cent: what is certain is one.
    let (low, span) = found.scaledRange == nil ? (0, mixture.high) : (mixture.low, mixture.high - mixture.low)
    guard mixture.high > 1.001 || found.scaledRange != nil, span > 0 else { return found }
    return found.mapped(by: 1 / span, plus: -low / span, called: "\(output) of \(mixture.high)")
  }

  /// Several parts side by side: all of them probabilities, or classes beside something else, such as boxes.
  private func joined(_ node: Node, _ axis: Int, _ output: String, _ passed: [String]) -> Found {
    let parts = node.inputs.map { (name: $0, logit: sigmoidInput(of: $0), kind: mixture(in: $0)?.kind) }
    if parts.allSatisfy({ $0.logit != nil }) {
      // Sigmoids side by side, some of them turned around as in [1 − p, p]: so are their logits.
      var nodes: [Node] = [], values: [String] = []
      for part in parts {
        guard let logit = part.logit else { continue }
        guard logit.factor != 1 else {
          values.append(logit.name)
          continue
        }
        let node = Node(scaling: logit.name, by: logit.factor)
        nodes.append(node)
        values.append(node.output)
      }
      let name = "logits of \(output)"
      nodes.append(Node(Concatenation(axis: axis), values, to: name))
      return Found(
        logits: name, link: .sigmoid, steppedOver: passed + ["Sigmoid"], ending: .sigmoid, addedNodes: nodes,
        joined: (axis, parts.compactMap { $0.logit?.name }))
    }
    if mixture(in: node.output) != nil {
      var found = mixed(node.output, output, passed)
      if parts.contains(where: { $0.kind == .softmax }) { found.heads = (axis, node.inputs) }
      return found
    }
    // Boxes and other numbers are left out where one part alone holds the classes.
    let classes = parts.filter { $0.kind == .softmax }
    let several = classes.isEmpty ? parts.filter { $0.kind == .sigmoid } : classes
    if several.count == 1 {
      var found = reading(of: several[0].name)
      found.steppedOver = passed + [node.op.name] + found.steppedOver
      return found
    }
    if !several.isEmpty {
      return Found(logits: output, steppedOver: passed, obstacle: .mixedHeads(parts.map(\.name)))
    }
    let areLinear = node.inputs.count > 1 && node.inputs.allSatisfy(isLinear)
    return Found(
      logits: output, steppedOver: passed, ending: areLinear ? .linear : .other,
      heads: areLinear ? (axis, node.inputs) : nil)
  }

  /// Whether `value` comes straight from a layer with weights.
  private func isLinear(_ value: String) -> Bool {
    guard let node = producers[value] else { return false }
    switch node.op {
    case is Linear, is MatrixProduct, is Convolution, is TransposedConvolution: return true
    // A bias, or a temperature; the mean over places that stands behind a convolution; interpolated maps of logits.
    case let arithmetic as Arithmetic:
      let variable = node.inputs.filter { !constants.contains($0) }
      return arithmetic.function != .power && variable.count == 1 && isLinear(variable[0])
    case is Identity, is Reshape, is Transpose, is GlobalAveragePool, is Resize, is Slice, is BatchNormalization:
      return isLinear(node.inputs[0])
    case let reduction as Reduction: return reduction.reduction == .mean && isLinear(node.inputs[0])
    default: return false
    }
  }
}

extension Node {
  /// A value times a number, under a name that says so.
  init(scaling value: String, by factor: Float) {
    self.init(
      ElementwiseFunction(factor == -1 ? .neg : .linear(factor, 0)), [value],
      to: factor == -1 ? "−\(value)" : "\(factor) · \(value)")
  }
}
