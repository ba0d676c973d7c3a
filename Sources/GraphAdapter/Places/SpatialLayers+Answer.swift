import GraphEngine
import Kernels

extension SpatialLayers {
  /// The values that are a segmentation's answer themselves: its scores, and whatever enlarges, moves or shifts them on
  /// the way to the output named `logits`.
  ///
  /// To explain the answer on them would explain it by itself.
  func answer(_ logits: String) -> Set<String> {
    let steps = Dictionary(plan.steps.map { ($0.name, $0) }) { first, _ in first }
    var answer: Set<String> = [logits], value = logits
    while let step = steps[value] {
      answer.insert(value)
      let variable = step.node.inputs.filter { steps[$0] != nil }
      guard variable.count == 1, step.node.op.keepsAnswer else { break }
      value = variable[0]
    }
    return answer
  }
}

extension Operator {
  /// Whether scores are as good after this as before: it moves, enlarges, pools, or adds what is known.
  fileprivate var keepsAnswer: Bool {
    switch kind {
    case .movement, .resizing, .pooling, .sum, .softmax: true
    default: false
    }
  }

  /// Whether this is part of a pooling by a power mean: the power, its root, or the clip that keeps both defined.
  var shapesPooling: Bool {
    switch self {
    case let arithmetic as Arithmetic: arithmetic.function == .power
    case let function as ElementwiseFunction:
      switch function.function {
      case .pow, .sqrt: true
      case .clip(let low, _): low > 0
      default: false
      }
    default: false
    }
  }
}
