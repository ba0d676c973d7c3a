public import AttributionKit
public import GraphEngine
public import Kernels
import Synchronization
public import Tensors

/// A graph as attribution methods see it.
///
/// A softmax or sigmoid at the end is stepped over: the score is its input, the logits.
public final class GraphModel: ModelAdapter, PooledLinearModel {
  public let input: Layer
  public let layers: [Layer]
  public let automaticLayer: AutomaticLayer?
  public let probabilityLink: ProbabilityLink
  /// The name of the value that is explained.
  public let logitsName: String
  /// The shape of the logits for one image: `[classes]`, `[classes, height, width]` of a segmentation, or the
  /// `[features]` of an embedding.
  public let logitsShape: [Int]
  /// How many classes the network tells apart.
  public var classCount: Int { logitsShape[0] }

  /// What the network's convolutions and matrix products multiply.
  public var precision: Precision { plan.precision }

  /// The threads and the memory that the network computes with.
  public var engine: Engine { plan.engine }

  let plan: Plan
  /// Where the maps of each stack of maps lie in what the network computes.
  let layouts: [String: MapLayout]
  /// Where a segmentation's logits lie in what the network computes; `nil` for a vector of them.
  let logitsLayout: MapLayout?
  let plans: PlanFamily
  let steps: [String: Step]
  private let rests = Mutex<[String: RestOfNetwork]>([:])

  /// A model of a graph for one image.
  ///
  /// - Parameters:
  ///   - graph: a network with one input `[1, channels, height, width]`, and classes, an embedding or a segmentation
  ///     for its output.
  ///   - output: the output to explain; by default the first.
  ///   - precision: what convolutions and matrix products multiply, forward and back.
  ///   - engine: the threads and the memory that the network computes with.
  ///   - graphForBatch: the same network for another number of images; without it, batches run one by one.
  /// - Throws: ``GraphModelError``, ``GraphError``.
  public init(
    _ graph: Graph, output: String? = nil, precision: Precision = .float32, engine: Engine = .current,
    graphForBatch: (@Sendable (Int) throws -> Graph)? = nil
  ) throws {
    guard graph.inputs.count == 1 else { throw GraphModelError.severalInputs(graph.inputs.map(\.name)) }
    let head = try ClassifierHead(of: graph, output: output)
    var explained = graph
    explained.outputs = [head.logits]
    let plan = try Plan(explained, precision: precision, engine: engine)
    self.plan = plan
    logitsName = head.logits
    plans = PlanFamily(plan, graph: graphForBatch.map { Self.explaining(head.logits, of: $0) })

    let source = graph.inputs[0]
    guard source.shape.first == 1 else { throw GraphModelError.notOneImage(source.name, source.shape) }
    input = Layer(source.name, shape: Array(source.shape.dropFirst()), operatorName: "Input")
    let activations = plan.activations
    let spatial = try SpatialLayers(of: plan, image: source.name, logits: head.logits)
    let shape = plan.shape(of: head.logits) ?? []
    let isVector = shape.count(where: { $0 > 1 }) <= 1
    logitsLayout = isVector ? nil : spatial.layouts[head.logits]
    guard shape.first == 1, isVector || logitsLayout != nil else {
      throw GraphModelError.notAClassifier(output: head.logits, shape: shape)
    }
    logitsShape = logitsLayout?.shape ?? [shape.reduce(1, *)]
    probabilityLink = head.link ?? (logitsShape[0] == 1 ? .sigmoid : .softmax)
    layers = [input] + activations.map { Layer($0.step, in: plan, spatial) }
    layouts = spatial.layouts
    steps = Dictionary(
      uniqueKeysWithValues: activations.map { ($0.step.name, Step($0.step, activation: $0.kind)) })
    automaticLayer =
      logitsLayout == nil ? spatial.automaticLayer(among: layers) : spatial.widestLayer(among: layers)
  }

  public func trace(_ input: Tensor) throws -> any ForwardTrace {
    guard input.shape == self.input.shape else {
      throw GraphModelError.wrongInput(expected: self.input.shape, given: input.shape)
    }
    return try engine.run { try GraphTrace(of: self, on: input) }
  }

  public func pooledLinearWeights(of cotangent: Tensor, after layer: Layer) throws -> Tensor {
    guard layer.isSpatial, layer.reachesScore, let chain = AffineChain(in: plan, from: layer.name, to: logitsName)
    else {
      throw AttributionError.noLinearHead(after: layer)
    }
    let gradient = try engine.run { maps(in: try chain.pullback(nativeCotangent(cotangent)), of: layer) }
    // An affine head pools globally exactly if each channel counts the same everywhere.
    guard gradient.isConstantOverPlaces else { throw AttributionError.noLinearHead(after: layer) }
    return gradient.spatialSum()
  }

  /// The graphs with the logits for their output.
  private static func explaining(
    _ logits: String, of graph: @escaping @Sendable (Int) throws -> Graph
  ) -> @Sendable (Int) throws -> Graph {
    { images in
      var explained = try graph(images)
      explained.outputs = [logits]
      return explained
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
