import AttributionKit
import GraphEngine

/// Finds attention in a network by what it computes, `softmax(QKᵀ·s + mask)·V`, whatever the file calls it.
///
/// A softmax is attention's if it sums to one over what a product of two matrices has computed, and if the result, but for
/// its shape, is the left factor of a further product whose right factor depends on the image. Which patches its queries
/// and keys are is read off the places that the operators carry along.
struct AttentionSearch {
  private let plan: Plan
  private let spatial: SpatialLayers
  private let producers: [String: PlannedStep]
  private let readers: [String: [PlannedStep]]
  private let positions: [String: Int]
  /// The values that depend on the network's inputs.
  private let variable: Set<String>

  init(in plan: Plan, _ spatial: SpatialLayers) {
    (self.plan, self.spatial) = (plan, spatial)
    let steps = plan.activations.map(\.step)
    producers = Dictionary(uniqueKeysWithValues: steps.map { ($0.name, $0) })
    readers = Dictionary(grouping: steps.flatMap { step in Set(step.node.inputs).map { ($0, step) } }, by: \.0)
      .mapValues { $0.map(\.1) }
    positions = Dictionary(uniqueKeysWithValues: plan.steps.enumerated().map { ($1.name, $0) })
    variable = Set(steps.map(\.name) + plan.graph.inputs.map(\.name))
  }

  /// What attention there is, in evaluation order, and the softmaxes of whose tokens the places are unknown.
  func found() -> (attention: [FoundAttention], unplaced: [String]) {
    var attention: [FoundAttention] = [], unplaced: [String] = []
    for step in plan.steps where producers[step.name] != nil {
      guard let weighing = weighing(step) else { continue }
      switch spatial.reach(of: step.name) {
      case .none: continue
      case let reach:
        if let found = FoundAttention(weighing, in: plan, spatial.regions, reach) {
          attention.append(found)
        } else {
          unplaced.append(step.name)
        }
      }
    }
    let streams = streams(around: attention.map(\.weights))
    for index in attention.indices {
      attention[index].block = attention[index].block.between(
        streams[index].flatMap(tokens), streams[index + 1].flatMap(tokens))
      attention[index].projection = projection(behind: attention[index].product)
    }
    return (attention, unplaced)
  }

  /// The product in which a step, if it is attention's softmax, weighs the values.
  private func weighing(_ step: PlannedStep) -> Weighing? {
    guard let softmax = step.node.op as? Softmax, let shape = plan.shape(of: step.name), shape.count >= 2,
      softmax.axis == shape.count - 1, scoresAreProduct(of: step)
    else { return nil }
    var values = [step.name], isSeen: Set<String> = []
    while let value = values.popLast() {
      guard isSeen.insert(value).inserted else { continue }
      for reader in readers[value] ?? [] {
        switch reader.node.op {
        case is MatrixProduct where reader.node.inputs[0] == value && variable.contains(reader.node.inputs[1]):
          return Weighing(weights: step.name, values: reader.node.inputs[1], product: reader.name)
        // Dropout, heads joined with the batch, and rows without a key that are set to zero.
        case is Identity, is Reshape, is Selection: values.append(reader.name)
        default: break
        }
      }
    }
    return nil
  }

  /// Whether what a softmax is taken of is a product of two matrices, scaled, capped, masked or moved.
  private func scoresAreProduct(of softmax: PlannedStep) -> Bool {
    var values = softmax.node.inputs, isSeen: Set<String> = []
    while let value = values.popLast() {
      guard isSeen.insert(value).inserted, let step = producers[value] else { continue }
      switch step.node.op {
      case is MatrixProduct: return true
      case is Arithmetic, is ElementwiseFunction, is Selection, is Identity, is Reshape, is Transpose, is Gather:
        values += step.node.inputs
      default: continue
      }
    }
    return false
  }

  /// The steps from a block's product to the weights that project it, in order; `nil` where something else comes first.
  private func projection(behind product: String) -> [PlannedStep]? {
    var steps: [PlannedStep] = [], value = product
    while let reader = readers[value], reader.count == 1 {
      steps.append(reader[0])
      switch plan.kind(of: reader[0]) {
      case .linear: return steps
      case .movement where reader[0].node.inputs.filter(variable.contains).count == 1: value = reader[0].name
      default: return nil
      }
    }
    return nil
  }
}

// MARK: - What passes between blocks

extension AttentionSearch {
  /// The value before each of these softmaxes that all that the network knows of the image passes through, and the last
  /// one behind them all: the tokens, where a residual connection has been added.
  private func streams(around softmaxes: [String]) -> [PlannedStep?] {
    let waists = waists()
    let before = softmaxes.map { softmax in
      waists.last { (positions[$0.name] ?? 0) < (positions[softmax] ?? 0) }
    }
    guard let last = softmaxes.last else { return [nil] }
    // What a block ends with where others follow it: a sum, or a normalisation behind one.
    let kind = before.dropFirst().compactMap { $0 }.last.map { plan.kind(of: $0) } ?? .sum
    let end = waists.last { step in
      (positions[step.name] ?? 0) > (positions[last] ?? 0) && plan.kind(of: step) == kind
        && plan.shape(of: step.name) == before.last?.flatMap { plan.shape(of: $0.name) }
    }
    return before + [end]
  }

  /// The steps whose result alone is read from then on: whatever comes later knows the image by it.
  private func waists() -> [PlannedStep] {
    let steps = plan.steps.filter { producers[$0.name] != nil }
    var lastUse: [String: Int] = [:]
    for (index, step) in steps.enumerated() { for input in step.node.inputs { lastUse[input] = index } }
    var latest = plan.graph.inputs.compactMap { lastUse[$0.name] }.max() ?? -1
    var waists: [PlannedStep] = []
    for (index, step) in steps.enumerated() {
      if latest <= index { waists.append(step) }
      latest = max(latest, lastUse[step.name] ?? -1)
    }
    return waists
  }

  /// A value as a list of tokens.
  private func tokens(_ step: PlannedStep) -> Layer? {
    let shape = plan.imageShape(of: step.name)
    return shape.count == 2
      ? Layer(step.name, shape: shape, operatorName: step.operatorName, isSpatial: false) : nil
  }
}

/// A softmax and the product in which it weighs values, by the names of what they compute.
struct Weighing {
  let weights: String
  let values: String
  let product: String
}
