public import Kernels

/// A graph made ready to run: validated, sorted, its shapes inferred, and what each pullback needs known.
///
/// A plan is made once per graph and serves any number of passes.
public struct Plan: Sendable {
  /// The network that was planned.
  public let graph: Graph
  /// What convolutions and matrix products multiply, forward and back, and what passes between them.
  public let precision: Precision
  /// The threads and the memory that every pass uses.
  public let engine: Engine
  /// The steps the outputs depend on, each after those it reads from.
  public let steps: [PlannedStep]
  /// The steps nothing asks for, kept so that their values can still be read; after ``steps`` in numbering.
  let unusedSteps: [PlannedStep]
  let values: ValueTable
  let inputs: [ValueID]
  let outputs: [ValueID]
  /// Which values some pullback will ask for.
  let isKept: [Bool]
  /// How the steps are run where only the outputs are asked for.
  let predicting: Schedule
  /// How the steps are run where pullbacks may follow.
  let tracing: Schedule
  /// Convolutions whose pullback takes in that of the step behind them, by the value the convolution computes.
  let foldedPullbacks: [ValueID: FoldedPullback]

  /// - Parameters:
  ///   - graph: the network.
  ///   - rewriting: whether several steps may be run as one; the numbers are the same but for rounding.
  ///   - precision: of what convolutions and matrix products multiply. Whatever is handed in or asked for may still be
  ///     float32, as are all sums while they are added up.
  ///   - engine: the threads and the memory that every pass uses.
  /// - Throws: ``GraphError``: a cycle, a dangling or duplicate value, a node its inputs do not fit, a precision that
  ///   this machine lacks.
  public init(
    _ graph: Graph, rewriting: Bool = true, precision: Precision = .float32, engine: Engine = .current
  ) throws(GraphError) {
    guard !graph.outputs.isEmpty else { throw .noOutputs }
    guard precision.isSupported else { throw .unsupportedPrecision(precision) }
    self.graph = graph
    self.precision = precision
    self.engine = engine
    var values = try ValueTable(naming: graph)
    let order = try TopologicalOrder(of: graph, values: values)
    for index in order.nodes { try values.infer(graph.nodes[index]) }
    self.values = values
    let planned = order.nodes.map { PlannedStep(graph.nodes[$0], values: values, precision: precision) }

    inputs = graph.inputs.map { values.ids[$0.name]! }
    var outputs: [ValueID] = []
    for name in graph.outputs {
      guard let id = values.ids[name] else { throw .noSuchValue(name) }
      outputs.append(id)
    }
    self.outputs = outputs

    var isNeeded = [Bool](repeating: false, count: values.count)
    for output in outputs { isNeeded[output] = true }
    for step in planned.reversed() where isNeeded[step.output] {
      for input in step.inputs { isNeeded[input] = true }
    }
    steps = planned.filter { isNeeded[$0.output] }
    unusedSteps = planned.filter { !isNeeded[$0.output] }
    let isKept = Self.kept(by: steps, inputs: inputs, outputs: outputs, values: values)
    self.isKept = isKept
    predicting = Schedule(steps, values: values, rewriting: rewriting) { outputs.contains($0) }
    tracing = Schedule(steps, values: values, rewriting: rewriting) { isKept[$0] }
    foldedPullbacks = rewriting ? FoldedPullback.all(in: steps, values: values) : [:]
  }

  /// The inferred shape of a value, or of a constant.
  public func shape(of name: String) -> [Int]? { values.ids[name].map { values.shapes[$0] } }

  private static func kept(by steps: [PlannedStep], inputs: [ValueID], outputs: [ValueID], values: ValueTable) -> [Bool]
  {
    var isKept = [Bool](repeating: false, count: values.count)
    for id in inputs + outputs { isKept[id] = true }
    for step in steps where step.wanted.contains(true) {
      switch step.node.op.pullbackNeeds {
      case .nothing: break
      case .inputs: for input in step.inputs { isKept[input] = true }
      case .output: isKept[step.output] = true
      }
    }
    return isKept
  }
}

typealias ValueID = Int

/// A node with its values numbered.
public struct PlannedStep: Sendable {
  /// What is computed, and from what.
  public let node: Node
  let inputs: [ValueID]
  let output: ValueID
  /// Which inputs depend on the graph's inputs, so that their cotangents are wanted.
  let wanted: [Bool]

  /// What its operands are converted to; `nil` where it takes them as they come.
  private let operandPrecision: Precision?

  init(_ node: Node, values: ValueTable, precision: Precision) {
    self.node = node
    operandPrecision = precision != .float32 && node.op.followsPlanPrecision ? precision : nil
    inputs = node.inputs.map { values.ids[$0]! }
    output = values.ids[node.output]!
    wanted = inputs.map { values.isVariable[$0] }
  }

  /// An activation or a cotangent in the precision that the step computes in.
  func operand(_ array: NDArray) -> NDArray { operandPrecision.map(array.converted) ?? array }
}
