public import AttributionKit
public import GraphEngine
public import Kernels
import Synchronization
public import Tensors

/// A graph as attribution methods see it.
///
/// A softmax or sigmoid at the end of an output is stepped over: the scores are its input, the logits.
public final class GraphModel: DifferentiableModel, PooledLinearModel {
  /// The first image, whose places the layers with a spatial extent follow; the first input where none is an image.
  public let input: Layer
  public let inputs: [NetworkInput]
  public let outputs: [Output]
  public let layers: [Layer]
  public let automaticLayer: AutomaticLayer?
  /// The name of the value that is explained.
  public var logitsName: String { heads[0].value }

  /// What the network's convolutions and matrix products multiply.
  public var precision: Precision { plan.precision }

  let plan: Plan
  /// Where each of the outputs comes from; the one explained first.
  let heads: [Head]
  /// Where the maps of each stack of maps lie in what the network computes.
  let layouts: [String: MapLayout]
  let plans: PlanFamily
  let steps: [String: Step]
  private let rests = Mutex<[String: RestOfNetwork]>([:])

  /// A model of a graph for one image.
  ///
  /// - Parameters:
  ///   - graph: a network whose inputs are `[1, …]`, an image among them `[1, channels, height, width]`, with classes,
  ///     an embedding or a segmentation for the output explained.
  ///   - output: the output to explain; by default the first.
  ///   - others: further outputs that targets may ask about; only what these outputs need is computed.
  ///   - precision: what convolutions and matrix products multiply, forward and back.
  ///   - graphForBatch: the same network for another number of images; without it, batches run one by one.
  /// - Throws: ``GraphModelError``, ``GraphError``.
  public init(
    _ graph: Graph, output: String? = nil, alongside others: [String] = [], precision: Precision = .float32,
    graphForBatch: (@Sendable (Int) throws -> Graph)? = nil
  ) throws {
    let ends =
      try [ClassifierHead(of: graph, output: output)] + others.map { try ClassifierHead(of: graph, output: $0) }
    let values = ends.map(\.logits).reduce(into: [String]()) { if !$0.contains($1) { $0.append($1) } }
    var explained = graph
    explained.outputs = values
    let plan = try Plan(explained, precision: precision)
    self.plan = plan
    plans = PlanFamily(plan, varying: graph.inputs.count, graph: graphForBatch.map { Self.computing(values, of: $0) })

    inputs = try graph.inputs.map(NetworkInput.init)
    guard let source = inputs.first(where: { $0.kind == .image }) ?? inputs.first else { throw GraphModelError.noInput }
    input = source.layer
    let activations = plan.activations
    // One for each output, since a layer may reach one of them and not another.
    let spatial = try values.map { try SpatialLayers(of: plan, image: source.name, logits: $0) }
    heads = ends.map { Head($0, in: plan, spatial[0]) }
    outputs = heads.map(\.output)
    guard heads[0].hasClasses else {
      throw GraphModelError.notAClassifier(output: heads[0].value, shape: plan.shape(of: heads[0].value) ?? [])
    }
    layers = inputs.map(\.layer) + activations.map { Layer($0.step, in: plan, spatial) }
    layouts = spatial[0].layouts
    steps = Dictionary(
      uniqueKeysWithValues: activations.map { ($0.step.name, Step($0.step, activation: $0.kind)) })
    let candidates = [input] + layers.dropFirst(inputs.count)
    automaticLayer =
      heads[0].layout == nil ? spatial[0].automaticLayer(among: candidates) : spatial[0].widestLayer(among: candidates)
  }

  /// The values that the network is run for: those that the outputs come from.
  var values: [String] { plan.graph.outputs }

  public func differentiableTrace(_ inputs: [Tensor]) throws -> any DifferentiableTrace {
    guard inputs.count == self.inputs.count else {
      throw AttributionError.wrongInputCount(inputs.count, of: self.inputs.map(\.name))
    }
    for (input, tensor) in zip(self.inputs, inputs) where tensor.shape != input.shape {
      throw GraphModelError.wrongInput(expected: input.shape, given: tensor.shape)
    }
    return try GraphTrace(of: self, on: inputs)
  }

  public func pooledLinearWeights(of cotangents: Cotangents, after layer: Layer) throws -> Tensor {
    guard layer.isSpatial, layer.reachesScore else { throw AttributionError.noLinearHead(after: layer) }
    var gradient = Tensor(repeating: 0, shape: layer.shape)
    for (value, start) in try starts([cotangents], in: plan) {
      guard let chain = AffineChain(in: plan, from: layer.name, to: value) else {
        throw AttributionError.noLinearHead(after: layer)
      }
      gradient = gradient + maps(in: try chain.pullback(start), of: layer)
    }
    // An affine head pools globally exactly if each channel counts the same everywhere.
    guard gradient.isConstantOverPlaces else { throw AttributionError.noLinearHead(after: layer) }
    return gradient.spatialSum()
  }

  /// The graphs with these values for their outputs.
  private static func computing(
    _ values: [String], of graph: @escaping @Sendable (Int) throws -> Graph
  ) -> @Sendable (Int) throws -> Graph {
    { images in
      var computed = try graph(images)
      computed.outputs = values
      return computed
    }
  }

  /// The network after a value, planned once.
  func rest(after name: String) throws -> RestOfNetwork {
    try rests.withLock { known in
      if let rest = known[name] { return rest }
      let rest = try RestOfNetwork(after: name, of: plans)
      known[name] = rest
      return rest
    }
  }
}

extension NetworkInput {
  init(_ input: Graph.Input) throws {
    guard input.shape.first == 1 else { throw GraphModelError.notOneImage(input.name, input.shape) }
    let shape = Array(input.shape.dropFirst())
    self.init(
      Layer(input.name, shape: shape, operatorName: "Input"), kind: ImageGrid(shape) == nil ? .other : .image)
  }
}

extension Plan {
  /// The shape of a value for one image: without the batch, where that is its first dimension.
  func imageShape(of name: String) -> [Int] {
    let shape = shape(of: name) ?? []
    return shape.first == 1 ? Array(shape.dropFirst()) : shape
  }
}

extension Step {
  init(_ step: PlannedStep, activation: ActivationKind?) {
    let kind: Activation? =
      switch activation {
      case .rectifier: .rectifier
      case .other: .other
      case nil: nil
      }
    self.init(name: step.name, operatorName: step.operatorName, activation: kind)
  }
}
