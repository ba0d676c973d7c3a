public import Kernels

/// The constants of one layer that were found in training.
public struct LayerWeights: Sendable {
  /// The step that computes the layer.
  public let step: PlannedStep
  /// Where the constants are read; those of one group belong together place by place, as the scales, shifts, means and
  /// variances of the channels of a normalisation do.
  public let groups: [[WeightPlace]]
}

/// Where a constant is read.
public struct WeightPlace: Hashable, Sendable {
  /// The value that is computed from it.
  public let reader: String
  /// Its number among what is read.
  public let input: Int
}

extension Plan {
  /// The layers that have weights, in evaluation order: convolutions, products with constants, normalisations and learnt
  /// slopes, each linear step with what is folded into it.
  ///
  /// Weights that are all alike are left out, and so are constants that are no weights: what the network does to its image
  /// before the first linear step, masks, embeddings of places, factors.
  public var trainedLayers: [LayerWeights] {
    let linear = Dictionary(uniqueKeysWithValues: linearSteps.map { ($0.step.output, $0) })
    let folded = Set(linear.values.flatMap { $0.folded.map(\.output) })
    let search = WeightSearch(in: self)
    var isBehind: Set<ValueID> = []
    return steps.compactMap { step in
      let kind = kind(of: step), isFurther = step.inputs.contains { isBehind.contains($0) }
      if kind == .linear || linear[step.output] != nil || isFurther { isBehind.insert(step.output) }
      guard step.wanted.contains(true), !folded.contains(step.output) else { return nil }
      var groups: [[WeightPlace]] = []
      if let linear = linear[step.output] {
        groups = ([step] + linear.folded).flatMap { search.groups(of: $0) }
      } else {
        switch kind {
        case .linear, .normalization: groups = search.groups(of: step)
        case .activation where step.node.op is ParametricReLU: groups = search.groups(of: step)
        case .affine where isFurther: groups = search.groups(of: step, vectorsOnly: true)
        default: break
        }
      }
      return groups.isEmpty ? nil : LayerWeights(step: step, groups: groups)
    }
  }

  /// The constant that is read there; `nil` where none is.
  public func constant(at place: WeightPlace) -> NDArray? { graph.constant(at: place) }
}

extension Graph {
  /// The same network with other constants at some places, of the same shapes; whoever else reads the old ones still does.
  ///
  /// - Throws: ``GraphError/noSuchValue(_:)``, ``GraphError/wrongInput(name:expected:given:)``.
  public func exchanging(_ arrays: [WeightPlace: NDArray]) throws(GraphError) -> Graph {
    var graph = self
    for (index, node) in nodes.enumerated() {
      var inputs = node.inputs
      for place in node.inputs.indices.map({ WeightPlace(reader: node.output, input: $0) }) {
        guard let array = arrays[place] else { continue }
        let name = node.inputs[place.input]
        guard let own = constants[name] else { throw .noSuchValue(name) }
        guard own.shape == array.shape else {
          throw .wrongInput(name: name, expected: own.shape, given: array.shape)
        }
        inputs[place.input] = "\(name) of \(node.output), exchanged"
        graph.constants[inputs[place.input]] = array
      }
      graph.nodes[index] = Node(node.name, node.op, inputs, to: node.output)
    }
    let read = Set(graph.nodes.flatMap(\.inputs) + outputs)
    graph.constants = graph.constants.filter { read.contains($0.key) }
    return graph
  }

  fileprivate func constant(at place: WeightPlace) -> NDArray? {
    nodes.first { $0.output == place.reader }.flatMap { constants[$0.inputs[place.input]] }
  }
}

/// Finds the constants that a step is made of.
private struct WeightSearch {
  private let constants: [NDArray?]
  /// The steps that compute values from constants alone.
  private let producers: [ValueID: PlannedStep]

  init(in plan: Plan) {
    constants = plan.values.constants
    producers = Dictionary(
      uniqueKeysWithValues: plan.steps.filter { !$0.wanted.contains(true) }.map { ($0.output, $0) })
  }

  /// Where the constants of a step are read that are not all alike; of some steps those alone that have one number for
  /// each position of a single axis.
  func groups(of step: PlannedStep, vectorsOnly: Bool = false) -> [[WeightPlace]] {
    let found = places(of: step).filter { !vectorsOnly || $0.array.shape.count(where: { $0 > 1 }) == 1 }
    let isJoint = step.node.op is BatchNormalization || step.node.op is LayerNormalization
    let isOneShape = Set(found.map { $0.array.shape }).count == 1
    let groups = isJoint && isOneShape ? [found] : found.map { [$0] }
    return groups.filter { $0.contains { !$0.array.isUniform } }.map { $0.map(\.place) }
  }

  private func places(of step: PlannedStep) -> [(place: WeightPlace, array: NDArray)] {
    step.inputs.indices.filter { !step.wanted[$0] }.flatMap { input in
      let value = step.inputs[input]
      if let array = constants[value] { return [(WeightPlace(reader: step.node.output, input: input), array)] }
      return producers[value].map(places) ?? []
    }
  }
}

extension NDArray {
  /// Whether all its numbers are the same.
  fileprivate var isUniform: Bool { withScalars { scalars in scalars.allSatisfy { $0 == scalars[0] } } }
}
