import AttributionKit
import Synchronization
import Tensors

/// One recorded run of a network.
final class DarknetTrace: ForwardTrace {
  private let model: DarknetModel
  /// The input, then the output of each stage.
  private let values: [Tensor]
  /// How far the walk back has come for each cotangent and rule, and how many walks have begun.
  private let walks = Mutex<(known: [Walk: Place], begun: Int)>(([:], 0))

  init(of model: DarknetModel, on input: Tensor) throws {
    try model.requireInput(input.shape)
    self.model = model
    values = model.stages.reduce(into: [input]) { values, stage in
      values.append(stage.forward(values[values.count - 1]))
    }
  }

  var logits: Tensor { values[values.count - 1].reshaped([model.classCount]) }

  var steps: [Step] {
    zip(model.layers.dropFirst(), model.stages).map {
      Step(name: $0.name, operatorName: $0.operatorName, activation: $1.activation)
    }
  }

  var backwardPasses: Int { walks.withLock { $0.begun } }

  func activation(at layer: Layer) throws -> Tensor { values[try model.depth(of: layer)] }

  func pullback(_ cotangent: Tensor, to layer: Layer, under rule: any GradientRule) throws -> Tensor {
    let target = try model.depth(of: layer), walk = Walk(cotangent: cotangent, rule: AnyHashable(rule))
    return try walks.withLock { walks in
      var place = Place(depth: model.stages.count, cotangent: cotangent.reshaped(values[model.stages.count].shape))
      if let known = walks.known[walk], known.depth >= target { place = known } else { walks.begun += 1 }
      while place.depth > target {
        let depth = place.depth - 1
        place = Place(depth: depth, cotangent: try cross(depth, place.cotangent, under: rule))
      }
      walks.known[walk] = place
      return place.cotangent
    }
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
    let cotangent: Tensor
    let rule: AnyHashable
  }

  private struct Place {
    let depth: Int
    let cotangent: Tensor
  }
}

extension DarknetTrace: ResumableTrace {
  func logits(replacing layer: Layer, with activations: Tensor) throws -> Tensor {
    let depth = try model.depth(of: layer), size = layer.shape.reduce(1, *)
    return model.inParallel(activations.shape[0]) { [model] index in
      model.logits(
        from: depth, of: Tensor(Array(activations.scalars[index * size..<(index + 1) * size]), shape: layer.shape))
    }
  }

  func batchSize(after layer: Layer, within bytes: Int) throws -> Int {
    model.batchSize(from: try model.depth(of: layer), within: bytes)
  }
}
