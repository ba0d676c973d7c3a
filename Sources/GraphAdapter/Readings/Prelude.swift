import GraphEngine
import Kernels

/// The part of a network between its image and the first operators that do more than move and scale numbers.
struct Prelude {
  /// From the image to the value that the rest of the network reads.
  let graph: Graph
  let operators: [String]
  let resizedExtent: [Int]?

  /// `nil` where the rest reads the image itself, or several values made of it.
  init?(of plan: Plan, image: String) {
    var (known, reached, inside): (Set<String>, Set<String>, [PlannedStep]) = (
      Set(plan.graph.constants.keys), [image], []
    )
    var (constants, frontier): ([PlannedStep], Set<String>) = ([], Set(plan.graph.outputs.filter { $0 == image }))
    for step in plan.steps {
      let variable = step.node.inputs.filter { !known.contains($0) }
      if variable.isEmpty {
        known.insert(step.name)
        constants.append(step)
      } else if variable.allSatisfy(reached.contains), step.node.op.preparesImages(variable.count) {
        reached.insert(step.name)
        inside.append(step)
      } else {
        frontier.formUnion(variable.filter(reached.contains))
      }
    }
    frontier.formUnion(plan.graph.outputs.filter(reached.contains))
    guard frontier.count == 1, let end = frontier.first, end != image else { return nil }
    let needed = Self.needed(for: end, in: constants + inside)
    let nodes = (constants + inside).map(\.node).filter { needed.contains($0.output) }
    let read = Set(nodes.flatMap(\.inputs))
    graph = Graph(
      inputs: plan.graph.inputs.filter { $0.name == image }, nodes: nodes,
      constants: plan.graph.constants.filter { read.contains($0.key) }, outputs: [end])
    var names: [String] = []
    for step in inside where needed.contains(step.name) && !names.contains(step.operatorName) {
      names.append(step.operatorName)
    }
    operators = names
    let resizes = inside.filter { $0.node.op is Resize && needed.contains($0.name) }
    // With the image's channels first; last is as good, and the network tells by its shape.
    resizedExtent = resizes.last.flatMap { plan.shape(of: $0.name) }.map { shape in
      shape.count == 4 && [1, 3].contains(shape[3]) && ![1, 3].contains(shape[1])
        ? Array(shape[1...2]) : shape.suffix(2)
    }
  }

  private static func needed(for end: String, in steps: [PlannedStep]) -> Set<String> {
    var needed: Set<String> = [end]
    for step in steps.reversed() where needed.contains(step.name) { needed.formUnion(step.node.inputs) }
    return needed
  }
}

extension Operator {
  /// Whether this is what files do to images at their beginning: it moves numbers, scales them, or adds constants.
  fileprivate func preparesImages(_ variableInputs: Int) -> Bool {
    switch self {
    case is Identity, is Transpose, is Reshape, is Resize, is Slice, is Gather, is Pad, is Expand, is Picking: true
    case is Concatenation, is BatchNormalization: true
    case let arithmetic as Arithmetic:
      variableInputs == 1 && [.add, .subtract, .multiply, .divide].contains(arithmetic.function)
    case let function as ElementwiseFunction:
      switch function.function {
      case .neg, .round, .linear, .clip(_, 255...): true
      default: false
      }
    default: false
    }
  }
}
