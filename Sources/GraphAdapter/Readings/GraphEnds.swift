import AttributionKit
import GraphEngine
import Kernels

/// The end of a graph, walked back from an output to the logits.
struct GraphEnds {
  let producers: [String: Node]
  let constants: Set<String>
  private let arrays: [String: NDArray]

  init(_ graph: Graph) {
    arrays = graph.constants
    producers = Dictionary(graph.nodes.map { ($0.output, $0) }) { first, _ in first }
    var constants = Set(graph.constants.keys)
    for node in graph.nodes where node.inputs.allSatisfy(constants.contains) { constants.insert(node.output) }
    self.constants = constants
  }

  /// The least and the greatest number of a constant of the file; `nil` for what is computed.
  func range(of constant: String) -> ClosedRange<Float>? {
    guard let scalars = arrays[constant]?.scalars, let least = scalars.min(), let greatest = scalars.max() else {
      return nil
    }
    return least...greatest
  }

  /// What was found behind an output.
  struct Found {
    var logits: String
    var link: ProbabilityLink?
    var isProbability = false
    var steppedOver: [String] = []
    /// The axis of the softmax right behind the logits; `nil` where there is none.
    var softmaxAxis: Int?
    /// Whether the smallest of the scores is the answer.
    var smallestWins = false
    var ending = OutputReading.Ending.other
    var addedNodes: [Node] = []
    /// Along which axis the added nodes join, and what.
    var joined: (axis: Int, values: [String])?
    /// The values that an output joins of which some are probabilities and some are not, so that its numbers have no one
    /// meaning; of another output without a meaning, itself.
    var heads: [String] = []
    /// Which rows are taken of what would be explained otherwise.
    var row: OutputRows?

    /// Whether the softmax behind the logits, of this shape, runs over a single number: it is always 1.
    func isConstant(_ shape: [Int]) -> Bool {
      guard let axis = softmaxAxis.map({ $0 < 0 ? $0 + shape.count : $0 }) else { return false }
      return shape.indices.contains(axis) && shape[axis] == 1
    }

    /// The shape of the joined values.
    func addedShape(_ shape: (String) -> [Int]) -> [Int] {
      guard let joined, let first = joined.values.first else { return [] }
      var whole = shape(first)
      if whole.indices.contains(joined.axis) {
        whole[joined.axis] = joined.values.reduce(0) { $0 + shape($1)[joined.axis] }
      }
      return whole
    }
  }

  func reading(of output: String) -> Found {
    var (value, passed): (String, [String]) = (output, [])
    while let node = producers[value] {
      switch node.op {
      case is Identity, is Reshape, is Transpose: value = node.inputs[0]
      case is ArgExtremum, is TopK, is Hardmax, is GraphEngine.Comparison, is Quantization:
        passed.append(node.op.name)
        // What comes before is not a reordering of this output any longer.
        return reading(of: node, passed)
      case is Softmax, is LogSoftmax:
        return Found(
          logits: node.inputs[0], link: .softmax, steppedOver: passed + [node.op.name],
          softmaxAxis: (node.op as? Softmax)?.axis ?? (node.op as? LogSoftmax)?.axis, ending: .softmax)
      case let function as ElementwiseFunction where function.function == .sigmoid:
        return Found(logits: node.inputs[0], link: .sigmoid, steppedOver: passed + ["Sigmoid"], ending: .sigmoid)
      case let function as ElementwiseFunction where function.function == .log && isSoftmax(node.inputs[0]):
        passed.append("Log")
        value = node.inputs[0]
      case let joining as Concatenation: return joined(node, joining.axis, output, passed)
      default: return mixed(value, output, passed)
      }
    }
    return Found(logits: output, steppedOver: passed)
  }

  /// Steps over an operator that makes whole numbers of scores.
  private func reading(of node: Node, _ passed: [String]) -> Found {
    let source = node.inputs.first { !constants.contains($0) } ?? node.inputs[0]
    var found = reading(of: source)
    found.steppedOver = passed + found.steppedOver
    let takesSmallest = (node.op as? ArgExtremum)?.isLargest == false || (node.op as? TopK)?.isLargest == false
    guard takesSmallest else { return found }
    found.smallestWins = true
    // Distances, whose order turns with their signs; what a softmax makes of scores does not turn with them.
    if found.link == nil, !found.isProbability, found.addedNodes.isEmpty {
      let turned = "−\(found.logits)"
      found.addedNodes = [Node(ElementwiseFunction(.neg), [found.logits], to: turned)]
      found.joined = (0, [found.logits])
      found.logits = turned
    }
    return found
  }

  /// A value that is no softmax or sigmoid itself: one spelled out, a mixture of such, or the logits.
  private func mixed(_ value: String, _ output: String, _ passed: [String]) -> Found {
    if let logits = spelledSoftmaxInput(of: value) {
      return Found(logits: logits, link: .softmax, steppedOver: passed + ["Softmax"], ending: .softmax)
    }
    if let logit = sigmoidInput(of: value) {
      var found = Found(logits: logit.name, link: .sigmoid, steppedOver: passed + ["Sigmoid"], ending: .sigmoid)
      guard logit.isTurned else { return found }
      found.logits = "−\(logit.name)"
      found.addedNodes = [Node(ElementwiseFunction(.neg), [logit.name], to: found.logits)]
      found.joined = (0, [logit.name])
      return found
    }
    guard let mixture = mixture(in: value) else {
      return Found(logits: output, steppedOver: passed, ending: isLinear(value) ? .linear : .other)
    }
    // What may be negative is a difference of probabilities, and none itself.
    guard mixture.low > -1e-3 else { return Found(logits: output, steppedOver: passed, heads: [output]) }
    var found = Found(logits: output, isProbability: true, steppedOver: passed, ending: mixture.kind)
    // A sum of several, or per cent: what is certain is one.
    if mixture.high > 1.001 {
      found.logits = "\(output) of \(mixture.high)"
      found.addedNodes = [Node(ElementwiseFunction(.linear(1 / mixture.high, 0)), [output], to: found.logits)]
      found.joined = (0, [output])
    }
    return found
  }

  /// Several parts side by side: all of them probabilities, or classes beside something else, such as boxes.
  private func joined(_ node: Node, _ axis: Int, _ output: String, _ passed: [String]) -> Found {
    let parts = node.inputs.map { (name: $0, logit: sigmoidInput(of: $0), kind: mixture(in: $0)?.kind) }
    if parts.allSatisfy({ $0.logit != nil }) {
      // Sigmoids side by side, some of them turned around as in [1 − p, p]: so are their logits.
      var nodes: [Node] = [], values: [String] = []
      for part in parts {
        guard let logit = part.logit else { continue }
        if logit.isTurned {
          nodes.append(Node(ElementwiseFunction(.neg), [logit.name], to: "−\(logit.name)"))
          values.append("−\(logit.name)")
        } else {
          values.append(logit.name)
        }
      }
      let name = "logits of \(output)"
      nodes.append(Node(Concatenation(axis: axis), values, to: name))
      return Found(
        logits: name, link: .sigmoid, steppedOver: passed + ["Sigmoid"], ending: .sigmoid, addedNodes: nodes,
        joined: (axis, parts.compactMap { $0.logit?.name }))
    }
    if mixture(in: node.output) != nil { return mixed(node.output, output, passed) }
    // Boxes and other numbers are left out where one part alone holds the classes.
    let classes = parts.filter { $0.kind == .softmax }
    let several = classes.isEmpty ? parts.filter { $0.kind == .sigmoid } : classes
    if several.count == 1 {
      var found = reading(of: several[0].name)
      found.steppedOver = passed + [node.op.name] + found.steppedOver
      return found
    }
    if !several.isEmpty { return Found(logits: output, steppedOver: passed, heads: parts.map(\.name)) }
    return Found(logits: output, steppedOver: passed, ending: isLinear(node.output) ? .linear : .other)
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
