public import AttributionKit
import Dispatch
import Synchronization
public import Tensors

/// A Darknet network as attribution methods see it.
public final class DarknetModel: DifferentiableModel {
  public let input: Layer
  public let layers: [Layer]
  public let outputs: [Output]
  let stages: [any Stage]

  init(_ network: DarknetNetwork) {
    input = Layer("input", shape: network.inputShape, operatorName: "Input")
    stages = network.stages
    layers =
      [input]
      + zip(network.names, network.stages).map {
        Layer($0, shape: $1.outputShape, operatorName: $1.operatorName)
      }
    outputs = [.classes(network.stages.last?.outputShape[0] ?? 0, network.link)]
  }

  /// How many classes the network tells apart.
  public var classCount: Int { explained.shape[0] }

  public var automaticLayer: AutomaticLayer? {
    let spatial = zip(layers.dropFirst(), stages).filter { $0.0.isSpatial }
    let activated = spatial.last { $0.1.activation != nil } ?? spatial.last
    return activated.map { AutomaticLayer($0.0, because: "the deepest spatial activation") }
  }

  public func differentiableTrace(_ inputs: [Tensor]) throws -> any DifferentiableTrace {
    try DarknetTrace(of: self, on: inputs[0])
  }

  /// What the stages from `depth` on make of a value.
  func logits(from depth: Int = 0, of value: Tensor) -> Tensor {
    stages[depth...].reduce(value) { $1.forward($0) }.reshaped([classCount])
  }

  /// How many stages have made the output of `layer`.
  func depth(of layer: Layer) throws -> Int {
    guard let depth = layers.firstIndex(of: layer) else {
      throw AttributionError.noSuchLayer(layer.name, nearest: [])
    }
    return depth
  }
}

extension DarknetModel: PooledLinearModel {
  public func pooledLinearWeights(of cotangents: Cotangents, after layer: Layer) throws -> Tensor {
    let rest = stages[try depth(of: layer)...]
    guard layer.isSpatial, rest.contains(where: { $0 is AveragePool }), rest.allSatisfy(\.isLinearAndPlaceless) else {
      throw AttributionError.noLinearHead(after: layer)
    }
    // Of a linear function the derivative is the same for any input, here zero.
    var pulled = cotangents.explained ?? Tensor(repeating: 0, shape: explained.shape)
    for (stage, before) in zip(rest, layers[rest.startIndex...]).reversed() {
      pulled = stage.pullback(pulled, input: Tensor(repeating: 0, shape: before.shape))
    }
    // Each place of a channel counts `1 / (h · w)` of what the channel's mean does.
    return pulled.spatialSum()
  }
}

extension DarknetModel: BatchModel {
  public func outputs(for batch: [Tensor]) throws -> [Tensor] {
    let images = batch[0]
    try requireInput(Array(images.shape.dropFirst()))
    return [inParallel(images.shape[0]) { self.logits(of: images.channel($0)) }]
  }

  /// Images are independent of each other: any number of them keeps the cores busy.
  public func batchSize(within bytes: Int) -> Int { batchSize(from: 0, within: bytes) }

  func batchSize(from depth: Int, within bytes: Int) -> Int {
    let greatest = layers[depth...].map { $0.shape.reduce(1, *) }.max() ?? 1
    return max(1, min(32, bytes / (4 * 3 * greatest)))
  }

  func requireInput(_ shape: [Int]) throws {
    guard shape == input.shape else { throw Refusal("the network takes \(input.shape), not \(shape)") }
  }

  /// The logits, `[count, classes]`, of runs that do not depend on each other.
  func inParallel(_ count: Int, _ run: @Sendable (Int) -> Tensor) -> Tensor {
    let rows = Mutex([[Float]](repeating: [], count: count))
    DispatchQueue.concurrentPerform(iterations: count) { index in
      let row = run(index).scalars
      rows.withLock { $0[index] = row }
    }
    return Tensor(rows.withLock { $0.flatMap { $0 } }, shape: [count, classCount])
  }
}
