import AttributionKit
import GraphEngine
import Kernels

/// The end of a graph, walked back from an output to the logits.
struct GraphEnds {
  private let producers: [String: Node]
  private let constants: Set<String>

  init(_ graph: Graph) {
    producers = Dictionary(graph.nodes.map { ($0.output, $0) }) { first, _ in first }
    var constants = Set(graph.constants.keys)
    for node in graph.nodes where node.inputs.allSatisfy(constants.contains) { constants.insert(node.output) }
    self.constants = constants
  }

  /// What was found behind an output.
  struct Found {
    var logits: String
    var link: ProbabilityLink?
    var isProbability = false
    var steppedOver: [String] = []
    var ending = OutputReading.Ending.other
    var addedNodes: [Node] = []
    /// Along which axis the added nodes join, and what.
    var joined: (axis: Int, values: [String])?

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
          logits: node.inputs[0], link: .softmax, steppedOver: passed + [node.op.name], ending: .softmax)
      case let function as ElementwiseFunction where function.function == .sigmoid:
        return Found(logits: node.inputs[0], link: .sigmoid, steppedOver: passed + ["Sigmoid"], ending: .sigmoid)
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
    return found
  }

  /// A value that is no softmax or sigmoid itself: a mixture of such, or the logits.
  private func mixed(_ value: String, _ output: String, _ passed: [String]) -> Found {
    if let kind = probabilities(in: value) {
      return Found(logits: output, link: nil, isProbability: true, steppedOver: passed, ending: kind)
    }
    return Found(logits: output, steppedOver: passed, ending: isLinear(value) ? .linear : .other)
  }

  /// Several parts side by side: all of them probabilities, or classes beside something else, such as boxes.
  private func joined(_ node: Node, _ axis: Int, _ output: String, _ passed: [String]) -> Found {
    let parts = node.inputs.map { (name: $0, logit: sigmoidInput(of: $0), kind: probabilities(in: $0)) }
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
    if let kind = probabilities(in: node.output) {
      return Found(logits: output, isProbability: true, steppedOver: passed, ending: kind)
    }
    // Boxes and other numbers are left out where one part alone holds the classes.
    let classes = parts.filter { $0.kind == .softmax }
    let several = classes.isEmpty ? parts.filter { $0.kind == .sigmoid } : classes
    if several.count == 1 {
      var found = reading(of: several[0].name)
      found.steppedOver = passed + [node.op.name] + found.steppedOver
      return found
    }
    return Found(logits: output, steppedOver: passed, ending: isLinear(node.output) ? .linear : .other)
  }

  /// The input of a sigmoid that `value` is, or is one minus; moved at most.
  private func sigmoidInput(of value: String) -> (name: String, isTurned: Bool)? {
    guard let node = producers[value] else { return nil }
    switch node.op {
    case let function as ElementwiseFunction where function.function == .sigmoid: return (node.inputs[0], false)
    case is Identity: return sigmoidInput(of: node.inputs[0])
    case let arithmetic as Arithmetic where arithmetic.function == .subtract && constants.contains(node.inputs[0]):
      return sigmoidInput(of: node.inputs[1]).map { ($0.name, !$0.isTurned) }
    default: return nil
    }
  }

  /// What every way to `value` comes from, if that is softmaxes or sigmoids: their means, products and complements.
  private func probabilities(in value: String, depth: Int = 0) -> OutputReading.Ending? {
    guard depth < 64, let node = producers[value] else { return nil }
    func all(_ inputs: [String]) -> OutputReading.Ending? {
      let variable = inputs.filter { !constants.contains($0) }
      let kinds = variable.map { probabilities(in: $0, depth: depth + 1) }
      guard !kinds.isEmpty, !kinds.contains(nil) else { return nil }
      return kinds.compactMap { $0 }.max()
    }
    switch node.op {
    case is Softmax: return .softmax
    case let function as ElementwiseFunction:
      switch function.function {
      case .sigmoid: return .sigmoid
      case .clip: return all(node.inputs)
      default: return nil
      }
    case is Identity, is Reshape, is Transpose, is Concatenation, is Slice, is Gather: return all(node.inputs)
    case let reduction as Reduction where [.mean, .sum, .max].contains(reduction.reduction): return all(node.inputs)
    case let arithmetic as Arithmetic where [.add, .subtract, .multiply, .divide].contains(arithmetic.function):
      return all(node.inputs)
    default: return nil
    }
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
