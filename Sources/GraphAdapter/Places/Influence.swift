import GraphEngine
import Kernels

/// Which scalars of a value some others depend on, whatever the numbers.
enum Influence {
  case none
  case all
  /// Those whose place is not zero, in the value's shape.
  case some(NDArray)

  /// A mask, reduced to a plain answer where it is one.
  init(_ mask: NDArray) {
    let scalars = mask.scalars
    if scalars.allSatisfy({ $0 != 0 }) {
      self = .all
    } else {
      self = scalars.contains { $0 != 0 } ? .some(mask) : .none
    }
  }

  func union(_ other: Influence) throws -> Influence {
    switch (self, other) {
    case (.none, let rest), (let rest, .none): rest
    case (.all, _), (_, .all): .all
    case (.some(let a), .some(let b)): Influence(try combine(.maximum, a, b))
    }
  }

  /// Whether any of the scalars that lie in `layout` are among them; of all scalars where there is none.
  func reaches(_ layout: MapLayout) -> Bool {
    switch self {
    case .none: false
    case .all: true
    case .some(let mask): layout.hasNonzeroPlace(in: mask.scalars)
    }
  }
}

/// Which parts of every value the logits depend on, found by walking back from them.
struct ReachOfScore {
  /// By value; missing where the logits do not depend on it.
  private(set) var influences: [String: Influence] = [:]
  /// For each stack of maps, the last step that lets something of its places through to the logits.
  private(set) var lastUse: [String: Int] = [:]

  init(_ plan: Plan, logits: String, layouts: [String: MapLayout]) throws {
    influences[logits] = .all
    for (index, step) in plan.steps.enumerated().reversed() {
      let contributions = try step.influences(given: influences[step.name] ?? .none, in: plan)
      for (name, contribution) in zip(step.node.inputs, contributions) {
        influences[name] = try (influences[name] ?? .none).union(contribution)
        if lastUse[name] == nil, let layout = layouts[name], contribution.reaches(layout) { lastUse[name] = index }
      }
    }
  }

  func reaches(_ name: String, _ layout: MapLayout) -> Bool { influences[name]?.reaches(layout) ?? false }
}

extension PlannedStep {
  /// Which scalars of each input those of the output depend on that `influence` names.
  fileprivate func influences(given influence: Influence, in plan: Plan) throws -> [Influence] {
    let shapes = node.inputs.map { plan.shape(of: $0) ?? [] }, shape = plan.shape(of: name) ?? []
    switch influence {
    case .none: return shapes.map { _ in .none }
    case .all where node.op.readsEverything: return shapes.map { _ in .all }
    case .all: return try masks(given: NDArray(repeating: 1, shape: shape), from: shapes, to: shape)
    case .some(let mask): return try masks(given: mask, from: shapes, to: shape)
    }
  }

  private func masks(given mask: NDArray, from shapes: [[Int]], to shape: [Int]) throws -> [Influence] {
    let op = node.op
    if op.movesScalars {
      let point = LinearizationPoint(
        inputs: shapes.map { _ in nil }, output: nil, inputShapes: shapes, outputShape: shape,
        wanted: shapes.map { _ in true })
      return try op.pullback(mask, at: point).map { $0.map(Influence.init) ?? .none }
    }
    func widened(_ axes: [Int]) throws -> Influence {
      Influence(try expanded(reduced(mask, .max, axes: axes, keepsDimensions: true), to: shape))
    }
    switch op {
    case is ElementwiseFunction: return [Influence(mask)]
    case is Arithmetic, is Selection, is Comparison, is ParametricReLU:
      return shapes.map { Influence(summed(mask, to: $0)) }
    // The gradient goes straight through the rounding, scales and ranges taken as given.
    case is Quantization: return [Influence(mask)] + shapes.dropFirst().map { _ in .none }
    case let quantization as DynamicQuantization: return [quantization.result == .numbers ? Influence(mask) : .none]
    case let softmax as Softmax: return [try widened([softmax.axis])]
    case let softmax as LogSoftmax: return [try widened([softmax.axis])]
    case let normalization as LayerNormalization:
      return [try widened(Array(normalization.axis..<shape.count))] + shapes.dropFirst().map { _ in .all }
    case is MatrixProduct where shapes.allSatisfy({ $0.count >= 2 }):
      return [try product(mask, shapes[0], isLeft: true), try product(mask, shapes[1], isLeft: false)]
    case let linear as Linear where !linear.transposesInput:
      return [try product(mask, shapes[0], isLeft: true)] + shapes.dropFirst().map { _ in .all }
    default: return shapes.map { _ in .all }
    }
  }

  /// A row of the left factor matters as soon as one scalar of the product's row does; likewise a column of the right.
  private func product(_ mask: NDArray, _ shape: [Int], isLeft: Bool) throws -> Influence {
    let axis = mask.shape.count - (isLeft ? 1 : 2)
    let lines = try reduced(mask, .max, axes: [axis], keepsDimensions: true)
    var full = mask.shape
    full[axis] = shape[shape.count - (isLeft ? 1 : 2)]
    return Influence(summed(try expanded(lines, to: full), to: shape))
  }
}

extension Operator {
  /// Whether the operator moves, repeats or sums scalars, so that its pullback tells where each came from.
  fileprivate var movesScalars: Bool {
    switch self {
    case is Reshape, is Transpose, is Slice, is Gather, is Pad, is Concatenation, is Expand, is Identity, is Picking:
      true
    case let reduction as Reduction: reduction.kind == .sum || reduction.kind == .mean
    default: false
    }
  }

  /// Whether every scalar of every input goes into the output.
  fileprivate var readsEverything: Bool {
    switch self {
    case is Slice, is Gather, is Pad, is Picking, is Quantization, is DynamicQuantization: false
    default: true
    }
  }
}
