import GraphEngine
import Kernels

/// The part of a network between its image and the first operators that do more than move and scale numbers.
struct Prelude {
  /// From the image to the value that the rest of the network reads.
  let graph: Graph
  let operators: [String]
  let resizedExtent: [Int]?
  /// Whether the numbers are the mean and variance of images, as a batch normalisation measures them.
  let isMeasured: Bool

  /// `nil` where the rest reads the image itself, or several values made of it.
  ///
  /// - Parameters:
  ///   - plan: the network.
  ///   - image: the input that holds the image.
  ///   - crossesRounding: whether numbers that are rounded to steps count as they were before.
  init?(of plan: Plan, image: String, crossingRounding crossesRounding: Bool) {
    var (known, reached, inside): (Set<String>, Set<String>, [PlannedStep]) = (
      Set(plan.graph.constants.keys), [image], []
    )
    var (constants, frontier): ([PlannedStep], Set<String>) = ([], Set(plan.graph.outputs.filter { $0 == image }))
    for step in plan.steps {
      let variable = step.node.inputs.filter { !known.contains($0) }
      if variable.isEmpty {
        known.insert(step.name)
        constants.append(step)
      } else if variable.allSatisfy(reached.contains),
        step.preparesImages(variable, of: image, in: plan)
          || crossesRounding && step.node.steps(in: plan) != nil
      {
        reached.insert(step.name)
        inside.append(step)
      } else {
        frontier.formUnion(variable.filter(reached.contains))
      }
    }
    frontier.formUnion(plan.graph.outputs.filter(reached.contains))
    let end = Self.common(frontier, behind: inside, of: image)
    guard let end, end != image else { return nil }
    let needed = Self.needed(for: end, in: constants + inside)
    let nodes = (constants + inside).map { $0.node.withoutRounding(in: plan) }.filter { needed.contains($0.output) }
    let read = Set(nodes.flatMap(\.inputs))
    var values = plan.graph.constants.filter { read.contains($0.key) }
    // What training measured of the image is told by mean and variance; scale and shift were learned and tell nothing.
    let measured = nodes.filter { $0.op is BatchNormalization }
    for node in measured {
      for (input, number) in [(1, Float(1)), (2, 0)] {
        guard let learned = values[node.inputs[input]] else { return nil }
        values[node.inputs[input]] = NDArray([Float](repeating: number, count: learned.count), shape: learned.shape)
      }
    }
    isMeasured = !measured.isEmpty
    graph = Graph(
      inputs: plan.graph.inputs.filter { $0.name == image }, nodes: nodes, constants: values, outputs: [end])
    let roundings = Self.roundings(in: inside)
    var names: [String] = []
    for step in inside where needed.contains(step.name) && !roundings.contains(step.name) {
      if !names.contains(step.operatorName) { names.append(step.operatorName) }
    }
    operators = names
    let resizes = inside.filter { $0.node.op is Resize && needed.contains($0.name) }
    // With the image's channels first; last is as good, and the network tells by its shape.
    resizedExtent = resizes.last.flatMap { plan.shape(of: $0.name) }.map { shape in
      shape.count == 4 && [1, 3].contains(shape[3]) && ![1, 3].contains(shape[1])
        ? Array(shape[1...2]) : shape.suffix(2)
    }
  }

  /// The last value that all of `values` are made of: what a picture and its mirror image share.
  private static func common(_ values: Set<String>, behind steps: [PlannedStep], of image: String) -> String? {
    let reached = Set(steps.map(\.name)).union([image])
    var waiting = values
    for step in steps.reversed() where waiting.count > 1 && waiting.contains(step.name) {
      waiting.remove(step.name)
      waiting.formUnion(step.node.inputs.filter(reached.contains))
    }
    return waiting.count == 1 ? waiting.first : nil
  }

  /// The steps that round numbers and bring them back to their own scale, which does nothing else to them.
  private static func roundings(in steps: [PlannedStep]) -> Set<String> {
    var (all, rounded): (Set<String>, Set<String>) = ([], [])
    for step in steps {
      let arithmetic = (step.node.op as? Arithmetic)?.function,
        follows = step.node.inputs.contains(where: rounded.contains)
      if step.node.op is Quantization || follows && arithmetic == .subtract {
        rounded.insert(step.name)
      } else if !(follows && arithmetic == .multiply) {
        continue
      }
      all.insert(step.name)
    }
    return all
  }

  private static func needed(for end: String, in steps: [PlannedStep]) -> Set<String> {
    var needed: Set<String> = [end]
    for step in steps.reversed() where needed.contains(step.name) { needed.formUnion(step.node.inputs) }
    return needed
  }
}

extension Node {
  /// The scale and the zero point by which a quantisation rounds all numbers alike; `nil` for other nodes.
  fileprivate func steps(in plan: Plan) -> (scale: Float, zero: Float)? {
    guard op is Quantization else { return nil }
    let numbers = inputs.dropFirst().map { Set(plan.graph.constants[$0]?.scalars ?? []) }
    guard numbers.count == 2, numbers.allSatisfy({ $0.count == 1 }), let scale = numbers[0].first, scale > 0,
      let zero = numbers[1].first
    else { return nil }
    return (scale, zero)
  }

  /// The same without rounding, so that what it does to numbers can be measured.
  fileprivate func withoutRounding(in plan: Plan) -> Node {
    guard let (scale, zero) = steps(in: plan) else { return self }
    return Node(ElementwiseFunction(.linear(1 / scale, zero)), [inputs[0]], to: output)
  }
}

extension PlannedStep {
  /// Whether this is what files do to images at their beginning: convolutions that only scale channels, and what makes
  /// them grey, included.
  fileprivate func preparesImages(_ variable: [String], of image: String, in plan: Plan) -> Bool {
    if node.op.preparesImages(variable.count) { return true }
    guard let shape = plan.shape(of: image), let own = plan.shape(of: name) else { return false }
    let isGray = 3 * own.reduce(1, *) == shape.reduce(1, *)
    switch node.op {
    case is Convolution:
      guard let weights = plan.graph.constants[node.inputs[1]] else { return false }
      return weights.scalesChannels || isGray && weights.shape == [1, 3, 1, 1]
    case let reduction as Reduction:
      return isGray && [.sum, .mean].contains(reduction.reduction) && reduction.axes.count == 1
        && plan.shape(of: node.inputs[0])?[reduction.axes[0]] == 3
    // Of planes of one color each.
    case let arithmetic as Arithmetic:
      let areGray = variable.allSatisfy { 3 * (plan.shape(of: $0)?.reduce(1, *) ?? 0) == shape.reduce(1, *) }
      return isGray && areGray && arithmetic.function == .add
    default: return false
    }
  }
}

extension NDArray {
  /// Whether these are weights of a convolution that gives every channel of an image a scale and a place of its own.
  fileprivate var scalesChannels: Bool {
    guard [1, 3].contains(shape[0]), shape.count == 4, shape[1] <= shape[0], shape[2...] == [1, 1] else { return false }
    if shape[1] == 1 { return scalars.allSatisfy { $0 != 0 } }
    let sources = (0..<shape[0]).map { row in (0..<shape[1]).filter { scalars[row * shape[1] + $0] != 0 } }
    return sources.allSatisfy { $0.count == 1 } && Set(sources).count == shape[0]
  }
}

extension Operator {
  /// Whether this is what files do to images at their beginning: it moves numbers, scales them, or adds constants.
  fileprivate func preparesImages(_ variableInputs: Int) -> Bool {
    switch self {
    case is Identity, is Transpose, is Reshape, is Resize, is Slice, is Gather, is Pad, is Expand, is Picking: true
    case is Concatenation, is BatchNormalization: true
    case let scattering as Scattering: scattering.combination == .replace
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
