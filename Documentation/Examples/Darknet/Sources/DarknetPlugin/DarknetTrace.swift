import AttributionKit
import Synchronization
import Tensors

/// One recorded run of a network.
final class DarknetTrace: DifferentiableTrace {
  private let model: DarknetModel
  /// The input, then the output of each stage.
  private let values: [Tensor]
  /// How far the walk back has come for each cotangent and rule, and how many walks have begun.
  private let walks = Mutex<(known: [Walk: Reached], begun: Int)>(([:], 0))

  init(of model: DarknetModel, on input: Tensor) throws {
    try model.requireInput(input.shape)
    self.model = model
    values = model.stages.reduce(into: [input]) { values, stage in
      values.append(stage.forward(values[values.count - 1]))
    }
  }

  var outputs: [Tensor] { [values[values.count - 1].reshaped(model.explained.shape)] }

  var steps: [Step] {
    zip(model.layers.dropFirst(), model.stages).map {
      Step(name: $0.name, operatorName: $0.operatorName, activation: $1.activation)
    }
  }

  var backwardPasses: Int { walks.withLock { $0.begun } }

  func activation(at layer: Layer) throws -> Tensor { values[try model.depth(of: layer)] }

  func pullback(_ cotangents: Cotangents, to layer: Layer, under rule: any GradientRule) throws -> Tensor {
    let target = try model.depth(of: layer), walk = Walk(cotangents: cotangents, rule: AnyHashable(rule))
    var reached = walks.withLock { walks in
      if let known = walks.known[walk], known.depth >= target { return known }
      walks.begun += 1
      let cotangent = cotangents.explained ?? Tensor(repeating: 0, shape: model.explained.shape)
      return Reached(depth: model.stages.count, cotangent: cotangent.reshaped(values[model.stages.count].shape))
    }
    // No lock is held on the way: a rule may ask for another gradient of this run.
    while reached.depth > target {
      let depth = reached.depth - 1
      reached = Reached(depth: depth, cotangent: try cross(depth, reached.cotangent, under: rule))
    }
    walks.withLock { [reached] in $0.known[walk] = reached }
    return reached.cotangent
  }

  /// The way back through one stage, as the rule wants it.
  private func cross(_ depth: Int, _ cotangent: Tensor, under rule: any GradientRule) throws -> Tensor {
    let stage = model.stages[depth], input = values[depth]
    let step = CrossedStep(steps[depth], inputs: [input], output: values[depth + 1], cotangent: cotangent) {
      [stage.pullback($0, input: input)]
    }
    return try step.crossed(by: rule.crossing(steps[depth]))[0] ?? Tensor(repeating: 0, shape: input.shape)
  }

  private struct Walk: Hashable, @unchecked Sendable {
    let cotangents: Cotangents
    let rule: AnyHashable
  }

  /// The stages that are still to be crossed, and the cotangent of what they compute.
  private struct Reached {
    let depth: Int
    let cotangent: Tensor
  }
}

extension DarknetTrace: ResumableTrace {
  func outputs(replacing layer: Layer, with activations: Tensor) throws -> [Tensor] {
    let depth = try model.depth(of: layer)
    return [
      model.inParallel(activations.shape[0]) { [model] index in
        model.logits(from: depth, of: activations.channel(index))
      }
    ]
  }

  func batchSize(after layer: Layer, within bytes: Int) throws -> Int {
    model.batchSize(from: try model.depth(of: layer), within: bytes)
  }
}
