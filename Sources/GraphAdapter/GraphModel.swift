public import AttributionKit
public import GraphEngine
public import Kernels
import Synchronization
public import Tensors

/// A graph as attribution methods see it.
///
/// A softmax or sigmoid at the end of an output is stepped over: the scores are its input, the logits.
public final class GraphModel: DifferentiableModel, PooledLinearModel, SeveralInputsModel {
  /// The first image, whose places the layers with a spatial extent follow; the first input where none is an image.
  public let input: Layer
  public let inputs: [NetworkInput]
  public let outputs: [Output]
  public let layers: [Layer]
  public let automaticLayer: AutomaticLayer?
  public let unplacedAttention: [String]
  /// How the output that is explained was read.
  public let reading: OutputReading
  /// The name of the value that is explained.
  public var logitsName: String { heads[0].value }

  /// What the network's convolutions and matrix products multiply.
  public var precision: Precision { plan.precision }

  /// The threads and the memory that the network computes with.
  public var engine: Engine { plan.engine }

  let plan: Plan
  /// Where each of the outputs comes from; the one explained first.
  let heads: [Head]
  /// Where the maps of each stack of maps lie in what the network computes.
  let layouts: [String: MapLayout]
  let plans: PlanFamily
  let steps: [String: Step]
  /// By the name of the step that has the weights.
  let linearSteps: [String: LinearStep]
  /// The blocks of attention, with the values that belong to them.
  let attention: [FoundAttention]
  /// Makes the same model with the input of a name for its image.
  private let seenFrom: @Sendable (String) throws -> GraphModel
  /// What the rows of a detector mean; `nil` for other networks.
  let detection: FoundDetection?
  private let rests = Mutex<[String: RestOfNetwork]>([:])
  let damage: Damage

  /// A model of a graph for one image.
  ///
  /// - Parameters:
  ///   - graph: a network whose inputs are `[1, …]`, an image among them `[1, channels, height, width]`, with classes,
  ///     an embedding or a segmentation for the output explained. Volumes, films and signals are seen as images, see
  ///     `StackedGrid`.
  ///   - output: the output to explain, with the rows of its tokens perhaps, `y[0]`; by default the first.
  ///   - others: further outputs that targets may ask about; only what these outputs need is computed.
  ///   - image: the input whose places the layers follow; by default the first image.
  ///   - answer: what the numbers of the output explained mean, where a softmax or sigmoid in the graph does not say.
  ///   - precision: what convolutions and matrix products multiply, forward and back.
  ///   - engine: the threads and the memory that the network computes with.
  ///   - head: of a detector, what its rows mean; the graph's outputs are those that it names, and are all explained.
  ///   - graphForBatch: the same network for another number of images; without it, batches run one by one.
  /// - Throws: ``GraphModelError``, ``GraphError``.
  public init(
    _ graph: Graph, output: String? = nil, alongside others: [String] = [], from image: String? = nil,
    as answer: ModelRequest.Answer? = nil, precision: Precision = .float32, engine: Engine = .current,
    detecting head: DetectionHead? = nil,
    graphForBatch: (@Sendable (Int) throws -> Graph)? = nil
  ) throws {
    seenFrom = {
      try GraphModel(
        graph, output: output, alongside: others, from: $0, as: answer, precision: precision, engine: engine,
        detecting: head, graphForBatch: graphForBatch)
    }
    damage = Damage()
    let (graph, grids) = graph.takingPictures()
    let graphForBatch = graphForBatch.map { make in
      { @Sendable (images: Int) in try make(images).takingPictures().graph }
    }
    let asked = output.flatMap { graph.outputs.contains($0) ? nil : OutputRows.parting($0) }
    let names = try ([asked?.output ?? output ?? graph.outputs.first ?? ""] + others).map { name in
      guard graph.outputs.contains(name) else { throw GraphModelError.noSuchOutput(name, among: graph.outputs) }
      return name
    }
    let ends = GraphEnds(graph)
    // A detector's outputs are read already.
    var found = head == nil ? names.map(ends.reading) : names.map { GraphEnds.Found(logits: $0) }
    // Plain numbers are the output's own, whatever it ends in.
    if answer == .numbers, asked?.rows.isDecoded != true { found[0] = ends.numbers(of: names[0], found[0]) }
    func planned() throws -> Plan {
      var explained = graph
      explained.nodes += found.flatMap(\.addedNodes)
      explained.outputs = Self.values(of: found)
      return try Plan(explained, precision: precision, engine: engine)
    }
    var plan = try planned()
    // With the shapes known, some of the readings turn out otherwise.
    let places = PlacesOfAxes(plan)
    let settled = zip(names, found).map { name, found in
      found.settled(of: name, { plan.shape(of: $0) ?? [] }, runsOverPlaces: places.runs)
    }
    let isAsBefore = zip(found, settled).allSatisfy { $0.logits == $1.logits }
    found = settled
    if !isAsBefore { plan = try planned() }
    if head == nil, let rows = try asked?.rows ?? Self.classToken(in: plan, of: found[0].logits, answer) {
      if PlacesOfAxes(plan).areLast(of: found[0].logits) {
        found[0] = found[0].transposed()
        plan = try planned()
      }
      let shape = plan.shape(of: found[0].logits) ?? []
      guard shape.count == 3, rows.first < shape[OutputRows.axis(of: shape)] else {
        throw GraphModelError.noSuchRow(rows.first, of: names[0], shape)
      }
      found[0] = found[0].taking(rows, of: shape)
      plan = try planned()
    }
    let values = Self.values(of: found), added = found.flatMap(\.addedNodes)
    self.plan = plan
    reading = OutputReading(found[0], of: names[0]) { plan.shape(of: $0) ?? [] }
    plans = PlanFamily(
      plan, varying: graph.inputs.count, graph: graphForBatch.map { Self.computing(values, adding: added, to: $0) })

    let given = try graph.inputs.map { try NetworkInput($0, seen: grids[$0.name]) }
    inputs = given
    guard
      let source = given.first(where: { $0.name == image }) ?? given.first(where: { $0.kind == .image }) ?? given.first
    else { throw GraphModelError.noInput }
    input = source.layer
    let activations = plan.activations
    // One for each output, since a layer may reach one of them and not another.
    let first = try SpatialLayers(of: plan, image: source.name, logits: values[0])
    let spatial = try [first] + values.dropFirst().map { try SpatialLayers(sharing: first, logits: $0) }
    heads =
      head == nil
      ? names.indices.map { Head(names[$0], found[$0], in: plan, spatial[0], as: $0 == 0 ? answer : nil) }
      : names.map { Head(detecting: $0, in: plan) }
    outputs = heads.map(\.output)
    let layers = inputs.map(\.layer) + activations.map { Layer($0.step, in: plan, spatial) }
    self.layers = layers
    layouts = spatial[0].layouts
    let linearSteps = plan.linearSteps
    self.linearSteps = Dictionary(uniqueKeysWithValues: linearSteps.map { ($0.step.name, $0) })
    steps = plan.steps(seeing: activations, linear: linearSteps)
    (attention, unplacedAttention) = AttentionSearch(in: plan, spatial[0]).found()
    let seen = plan.values(from: source.name)
    // Of volumes and films, layers that still have places within a slice.
    let isStack = grids[source.name].map { $0.kind != .signal } ?? false
    let sequences = plan.graph.preparingSequences
    let candidates =
      [input]
      + layers.dropFirst(inputs.count).filter {
        seen.contains($0.name) && (!isStack || $0.shape.count == 3 && $0.shape[2] > 1) && !sequences.contains($0.name)
      }
    detection = head.map { head in
      let others = DetectionHead.OutputName.all.compactMap { name in
        values.dropFirst().firstIndex(of: DetectionReading.value(of: name)).map { (name, spatial[$0]) }
      }
      return FoundDetection(
        head, in: plan.graph, plan, spatial: spatial[0], others: Dictionary(uniqueKeysWithValues: others))
    }
    if let detection {
      automaticLayer = detection.layer(in: plan, among: candidates)
    } else if heads[0].layout == nil {
      automaticLayer = spatial[0].automaticLayer(among: candidates)
    } else {
      let answer = spatial[0].answer(heads[0].value)
      automaticLayer = spatial[0].widestLayer(among: candidates.filter { !answer.contains($0.name) })
    }
  }

  /// The same network with other constants of the same shapes, read as `other` is.
  init(_ other: GraphModel, exchanging constants: [WeightPlace: NDArray]) throws {
    (input, inputs, outputs) = (other.input, other.inputs, other.outputs)
    (layers, automaticLayer, layouts) = (other.layers, other.automaticLayer, other.layouts)
    (reading, heads) = (other.reading, other.heads)
    seenFrom = { try GraphModel(other.seenFrom($0), exchanging: constants) }
    (attention, unplacedAttention) = (other.attention, other.unplacedAttention)
    detection = other.detection
    plans = try other.plans.rewritten { try $0.exchanging(constants) }
    plan = plans.single
    let linearSteps = plan.linearSteps
    self.linearSteps = Dictionary(uniqueKeysWithValues: linearSteps.map { ($0.step.name, $0) })
    steps = plan.steps(seeing: plan.activations, linear: linearSteps)
    damage = Damage()
  }

  /// The same detector as some of its rows depend on it: on the layers of their scores, and on `others`.
  init(_ other: GraphModel, focused focus: DetectionFocus, and others: Set<String>, on layer: AutomaticLayer?) {
    (input, inputs, outputs) = (other.input, other.inputs, other.outputs)
    (layouts, reading, heads, detection) = (other.layouts, other.reading, other.heads, other.detection)
    (seenFrom, damage) = (other.seenFrom, other.damage)
    (attention, unplacedAttention) = (other.attention, other.unplacedAttention)
    (plan, plans, linearSteps, steps) = (other.plan, other.plans, other.linearSteps, other.steps)
    layers = other.layers.map { layer in
      let isReached = focus.scored.contains(layer.name) || others.contains(layer.name)
      return !layer.isSpatial || layer.operatorName == "Input" || isReached == layer.reachesScore
        ? layer
        : Layer(
          layer.name, maps: layer.shape, nativeShape: layer.nativeShape, operatorName: layer.operatorName,
          reachesScore: isReached)
    }
    // As these rows depend on it, which others may not.
    let focused = layers
    automaticLayer = layer.map { chosen in
      AutomaticLayer(focused.first { $0.name == chosen.layer.name } ?? chosen.layer, because: chosen.reason)
    }
  }

  /// What the network does to its image before any layer sees it; `nil` where it does nothing.
  ///
  /// - Throws: ``GraphError`` where that part of the network cannot be run.
  public func inputReading() throws -> InputReading? {
    try engine.run { try InputReading(of: plan, image: input.name) }
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
    return try engine.run { try GraphTrace(of: self, on: inputs) }
  }

  public func seen(from input: String) throws -> any ModelAdapter {
    guard inputs.contains(where: { $0.name == input }) else {
      throw AttributionError.noSuchInput(input, among: inputs.map(\.name))
    }
    return try seenFrom(input)
  }

  public func pooledLinearWeights(of cotangents: Cotangents, after layer: Layer) throws -> Tensor {
    guard layer.isSpatial, layer.reachesScore else { throw AttributionError.noLinearHead(after: layer) }
    var gradient = Tensor(repeating: 0, shape: layer.shape)
    for (value, start) in try starts([cotangents], in: plan) {
      guard let chain = AffineChain(in: plan, from: layer.name, to: value) else {
        throw AttributionError.noLinearHead(after: layer)
      }
      gradient = gradient + (try engine.run { maps(in: try chain.pullback(start), of: layer) })
    }
    // An affine head pools globally exactly if each channel counts the same everywhere.
    guard gradient.isConstantOverPlaces else { throw AttributionError.noLinearHead(after: layer) }
    return gradient.spatialSum()
  }

  /// The values that outputs come from, each once.
  private static func values(of found: [GraphEnds.Found]) -> [String] {
    found.map(\.logits).reduce(into: []) { if !$0.contains($1) { $0.append($1) } }
  }

  /// The row of a class token in front of those of an image's places, of which the output `value` has one each.
  private static func classToken(
    in plan: Plan, of value: String, _ answer: ModelRequest.Answer?
  ) throws -> OutputRows? {
    guard answer != .numbers, let shape = plan.shape(of: value), shape.count == 3, shape[0] == 1,
      let image = plan.graph.inputs.first(where: { ImageGrid(Array($0.shape.dropFirst())) != nil }),
      let layout = try SpatialLayers(of: plan, image: image.name, logits: value).layouts[value],
      layout.channels == shape[2], layout.places < shape[1], layout.lacksFirstRow(of: shape[2])
    else { return nil }
    return OutputRows(from: 0, isFound: true)
  }

  /// The graphs with these values for their outputs.
  private static func computing(
    _ values: [String], adding nodes: [Node], to graph: @escaping @Sendable (Int) throws -> Graph
  ) -> @Sendable (Int) throws -> Graph {
    { images in
      var computed = try graph(images)
      computed.nodes += nodes
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
  init(_ input: Graph.Input, seen grid: StackedGrid?) throws {
    guard input.shape.first == 1 else { throw GraphModelError.notOneImage(input.name, input.shape) }
    if let grid {
      self.init(
        Layer(input.name, maps: grid.stackedShape, nativeShape: grid.nativeShape, operatorName: "Input"), kind: .image)
      return
    }
    let shape = Array(input.shape.dropFirst())
    self.init(
      Layer(input.name, shape: shape, operatorName: "Input"), kind: ImageGrid(shape) == nil ? .other : .image)
  }
}

extension Plan {
  /// The values that an input has influence on.
  func values(from input: String) -> Set<String> {
    steps.reduce(into: [input]) { seen, step in
      if step.node.inputs.contains(where: seen.contains) { seen.insert(step.name) }
    }
  }

  /// The shape of a value for one image: without the batch, where that is its first dimension.
  func imageShape(of name: String) -> [Int] {
    let shape = shape(of: name) ?? []
    return shape.first == 1 ? Array(shape.dropFirst()) : shape
  }
}
