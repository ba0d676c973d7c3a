import AttributionKit
import Synchronization
import Tensors

/// A network that answers with random numbers, of the right shapes, and remembers what it was asked for.
///
/// A method that is run on it computes nothing of use, but its arithmetic can be read off the records of its result. What
/// it makes of numbers that it reads differs from one network of this kind to the next, which tells them apart from
/// constants.
final class RecordedModel: DifferentiableModel, PooledLinearModel, AttentionModel {
  let base: GraphModel
  private let generator: Mutex<SplitMix64>
  private let runs = Mutex(0)
  /// How many runs may be recorded: a file holds the nodes of each.
  private static let limit = 128

  init(_ base: GraphModel, seed: UInt64) {
    self.base = base
    generator = Mutex(SplitMix64(seed: seed))
  }

  var input: Layer { base.input }
  var inputs: [NetworkInput] { base.inputs }
  var outputs: [Output] { base.outputs }
  var layers: [Layer] { base.layers }
  var automaticLayer: AutomaticLayer? { base.automaticLayer }
  var attentionBlocks: [AttentionBlock] { base.attentionBlocks }
  var unplacedAttention: [String] { base.unplacedAttention }
  var plannedSteps: [Step]? { base.plannedSteps }

  func differentiableTrace(_ inputs: [Tensor]) throws -> any DifferentiableTrace {
    guard
      runs.withLock({
        $0 += 1; return $0 <= Self.limit
      })
    else {
      throw GraphModelError.tooManyPasses(limit: Self.limit)
    }
    return RecordedTrace(of: self, RecordedRun(on: inputs[0]))
  }

  /// Those of an affine head are the gradient, which is the same at each place.
  func pooledLinearWeights(of cotangents: Cotangents, after layer: Layer) throws -> Tensor {
    let first = Tensor.oneHot(0, count: base.outputs[0].shape.reduce(1, *)).reshaped(base.outputs[0].shape)
    _ = try base.pooledLinearWeights(of: Cotangents(first), after: layer)
    let run = RecordedRun(on: noise(input.shape).recorded(from: NetworkSource.image))
    return try RecordedTrace(of: self, run).pullback(cotangents, to: layer, under: .standard).spatialSum()
  }

  /// Numbers that nobody has seen before.
  func noise(_ shape: [Int]) -> Tensor {
    Tensor(gaussianNoise: shape, seed: generator.withLock { $0.next() })
  }
}

/// A run of such a network.
final class RecordedTrace: AttentionTrace {
  let outputs: [Tensor]
  let backwardPasses = 0
  private let model: RecordedModel
  private let run: RecordedRun

  init(of model: RecordedModel, _ run: RecordedRun) {
    (self.model, self.run) = (model, run)
    outputs = model.outputs.enumerated().map { index, output in
      model.noise(output.shape).recorded(from: NetworkSource.output(run, index))
    }
  }

  var steps: [Step] { model.base.layers.compactMap { model.base.steps[$0.name] } }

  func activation(at layer: Layer) throws -> Tensor {
    if layer.name == model.input.name, layer.shape == run.image.shape { return run.image }
    return model.noise(layer.shape).recorded(from: NetworkSource.activation(run, layer))
  }

  func pullback(_ cotangents: Cotangents, to layer: Layer, under rule: any GradientRule) throws -> Tensor {
    let there = model.outputs.indices.filter { cotangents[$0] != nil }
    return model.noise(layer.shape).recorded(
      from: NetworkSource.gradient(run, layer, rule, outputs: there), of: there.compactMap { cotangents[$0] })
  }

  func projectedValues(of block: AttentionBlock) throws -> Tensor {
    // What the network itself refuses is refused here, and the shape is its own.
    let shape = try model.base.projectedShape(of: block)
    return model.noise(shape).recorded(from: NetworkSource.projectedValues(run, block))
  }

  func attentionGradient(
    of block: AttentionBlock, readInPlaceOf last: AttentionBlock,
    cotangents: (_ outputs: [Tensor]) throws -> Cotangents
  ) throws -> Tensor {
    let reading = RecordedReading(of: run, block, inPlaceOf: last)
    let outputs = model.outputs.enumerated().map { index, output in
      model.noise(output.shape).recorded(from: NetworkSource.reading(reading, output: index))
    }
    let pulled = try cotangents(outputs), there = model.outputs.indices.filter { pulled[$0] != nil }
    return model.noise(block.weights.shape).recorded(
      from: NetworkSource.readingGradient(reading, outputs: there), of: there.compactMap { pulled[$0] })
  }
}
