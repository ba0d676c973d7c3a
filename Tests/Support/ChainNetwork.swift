public import AttributionKit
import Synchronization
public import Tensors

/// A network that is one chain of steps, written for clarity: what adapters of real engines are measured against.
public final class ChainNetwork: DifferentiableModel, PooledLinearModel {
  public let input: Layer
  public let layers: [Layer]
  public let outputs: [Output]
  let chain: [ChainStep]
  private let passes = Atomic(0)

  public init(input shape: [Int], _ chain: [ChainStep], probabilityLink: ProbabilityLink = .softmax) {
    input = Layer("input", shape: shape, operatorName: "Input")
    self.chain = chain
    var (layers, value) = ([input], Tensor(repeating: 0, shape: shape))
    for step in chain {
      value = step.forward(value)
      layers.append(Layer(step.name, shape: value.shape, operatorName: step.operatorName))
    }
    self.layers = layers
    outputs = [
      Output(
        "logits", shape: value.shape,
        kind: value.shape.count == 3 ? .places(probabilityLink) : .classes(probabilityLink))
    ]
  }

  /// How many forward passes have been made.
  public var forwardPasses: Int { passes.load(ordering: .relaxed) }

  public var automaticLayer: AutomaticLayer? {
    layers.last(where: \.isSpatial).map { AutomaticLayer($0, because: "the deepest spatial activation") }
  }

  public func differentiableTrace(_ inputs: [Tensor]) throws -> any DifferentiableTrace {
    passes.add(1, ordering: .relaxed)
    return ChainTrace(of: self, on: inputs[0])
  }

  public func pooledLinearWeights(of cotangents: Cotangents, after layer: Layer) throws -> Tensor {
    guard let cotangent = cotangents.explained, layer.isSpatial, chain.count >= 2, layers[chain.count - 2] == layer,
      chain[chain.count - 2].operatorName == "GlobalAveragePool"
    else { throw AttributionError.noLinearHead(after: layer) }
    return chain[chain.count - 1].pullback(cotangent, Tensor(repeating: 0, shape: [layer.shape[0]]))
  }

  /// Numbers in -1..<1 with few repeats and none at zero, in the shape of the input.
  public var sample: Tensor { .ramp(input.shape) }
}

/// One step of a ``ChainNetwork``, forward and back.
public struct ChainStep: Sendable {
  let name: String
  let operatorName: String
  var activation: Step.Activation?
  var kind: Step.Kind = .other
  /// Of a linear step: the same with a part of its weights, and of its bias if that counts.
  var part: (@Sendable (_ weights: Relevance.WeightPart, _ includesBias: Bool) -> ChainStep)?
  let forward: @Sendable (Tensor) -> Tensor
  let pullback: @Sendable (_ cotangent: Tensor, _ input: Tensor) -> Tensor
}

/// One recorded pass, which keeps the cotangents of each walk back so that the next request continues it.
final class ChainTrace: DifferentiableTrace {
  fileprivate let network: ChainNetwork
  /// The input, then the output of each step; of a branch, those from its layer on.
  private let values: [Tensor]
  /// The number of the layer that the first value is of: 0 for the input.
  private let first: Int
  private let walks = Mutex<(known: [Walk: (depth: Int, cotangent: Tensor)], begun: Int)>(([:], 0))

  init(of network: ChainNetwork, on input: Tensor, from first: Int = 0) {
    self.network = network
    self.first = first
    values = network.chain[first...].reduce(into: [input]) { values, step in
      values.append(step.forward(values[values.count - 1]))
    }
  }

  var outputs: [Tensor] { [values[values.count - 1]] }

  private func value(_ depth: Int) throws -> Tensor {
    guard depth >= first else { throw Refusal("'\(network.layers[depth].name)' lies before the branch") }
    return values[depth - first]
  }
  var backwardPasses: Int { walks.withLock { $0.begun } }

  var steps: [Step] {
    network.chain.indices.dropFirst(first).map { step(at: $0) }
  }

  private func step(at index: Int) -> Step {
    let step = network.chain[index]
    return Step(
      name: step.name, operatorName: step.operatorName, activation: step.activation, kind: step.kind,
      inputs: [network.layers[index].name])
  }

  func activation(at layer: Layer) throws -> Tensor { try value(depth(of: layer)) }

  func pullback(_ cotangents: Cotangents, to layer: Layer, under rule: any GradientRule) throws -> Tensor {
    let target = try depth(of: layer), key = Walk(cotangents: cotangents, rule: AnyHashable(rule))
    var place = walks.withLock { walks in
      if let known = walks.known[key], known.depth >= target { return known }
      walks.begun += 1
      return (depth: network.chain.count, cotangent: cotangents.explained ?? 0 * logits)
    }
    while place.depth > target {
      place = (place.depth - 1, try cross(place.depth - 1, place.cotangent, under: rule))
    }
    walks.withLock { $0.known[key] = place }
    return place.cotangent
  }

  private func cross(_ index: Int, _ cotangent: Tensor, under rule: any GradientRule) throws -> Tensor {
    let step = network.chain[index], seen = self.step(at: index), input = try value(index)
    let linear = step.part.map { part in
      LinearParts(input: 0) {
        part($1, $2).forward($0)
      } transposedProduct: {
        part($1, false).pullback($0, input)
      }
    }
    let crossed = CrossedStep(
      seen, inputs: [input], output: try value(index + 1), cotangent: cotangent, linear: linear,
      function: { step.forward($0[0]) }
    ) { [step.pullback($0, input)] }
    let crossing = rule.crossing(seen)
    if case .relevance(let relevance) = crossing, let shared = relevance.shared(cotangent, at: step, reading: input) {
      return shared
    }
    return try crossed.crossed(by: crossing)[0] ?? Tensor(repeating: 0, shape: input.shape)
  }

  fileprivate func depth(of layer: Layer) throws -> Int {
    // By name, since a layer may be asked for as the network holds it.
    guard let depth = network.layers.firstIndex(where: { $0.name == layer.name }) else {
      throw AttributionError.noSuchLayer(layer.name, nearest: [])
    }
    return depth
  }

  private struct Walk: Hashable, @unchecked Sendable {
    let cotangents: Cotangents
    let rule: AnyHashable
  }
}

extension ChainTrace: ResumableTrace {
  func outputs(replacing layer: Layer, with activations: Tensor) throws -> [Tensor] {
    let rest = network.chain[try depth(of: layer)...], size = layer.shape.reduce(1, *)
    let rows = (0..<activations.shape[0]).flatMap { row in
      rest.reduce(Tensor(Array(activations.scalars[row * size..<(row + 1) * size]), shape: layer.shape)) {
        $1.forward($0)
      }.scalars
    }
    return [Tensor(rows, shape: [activations.shape[0]] + logits.shape)]
  }

  /// A batch for each thousand bytes, to tell budgets apart.
  func batchSize(after layer: Layer, within bytes: Int) throws -> Int { max(1, min(8, bytes / 1000)) }
}

extension ChainTrace: BranchingTrace {
  func branch(replacing layer: Layer, with activation: Tensor) throws -> any DifferentiableTrace {
    ChainTrace(of: network, on: activation, from: try depth(of: layer))
  }
}

extension ChainTrace: ImplicitBiasTrace {
  /// What a linear step makes of nothing; what an activation function adds to its slope.
  func implicitBias(at layer: Layer) throws -> Tensor? {
    let depth = try depth(of: layer)
    guard depth > 0 else { return nil }
    let step = network.chain[depth - 1], x = try value(depth - 1)
    switch step.kind {
    case .linear: return step.forward(0 * x)
    case .activation: return step.forward(x) - x * step.pullback(Tensor(repeating: 1, shape: x.shape), x)
    default: return nil
    }
  }
}
