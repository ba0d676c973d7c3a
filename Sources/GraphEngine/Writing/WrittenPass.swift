import Kernels

/// A run of a network as it is written out: where its values are found, or the nodes that compute them.
public final class WrittenPass {
  /// The plan for one image.
  public let plan: Plan
  /// Where it is written.
  public let writer: GraphWriter
  private let shapes: [WrittenShape]
  private var known: [ValueID: Written] = [:]

  /// - Parameters:
  ///   - plan: the network for one image.
  ///   - two: the same network for two, where the number of images is open.
  ///   - inputs: what the network is given, by name.
  ///   - existing: the names of values that a graph beside the writer's computes, as the network has them.
  ///   - unreal: those of them that are truths or whole numbers.
  ///   - writer: where it is written.
  /// - Throws: ``GraphError`` where a value does not grow with the images along one axis.
  public init(
    of plan: Plan, two: Plan?, inputs: [String: Written], existing: Set<String>, unreal: Set<String> = [],
    to writer: GraphWriter
  ) throws(GraphError) {
    (self.plan, self.writer) = (plan, writer)
    var shapes: [WrittenShape] = []
    for (id, name) in plan.values.names.enumerated() {
      let one = plan.values.shapes[id]
      guard let other = two.map({ $0.shape(of: name) ?? [] }) else {
        shapes.append(WrittenShape(one))
        continue
      }
      // Constants made for a number of images are cut to one where they are read.
      guard let shape = WrittenShape(one: one, two: other) else {
        throw .failed(node: "'\(name)'", reason: "it does not grow with the number of images along one axis")
      }
      shapes.append(shape)
    }
    self.shapes = shapes
    for (name, input) in inputs { if let id = plan.values.ids[name] { known[id] = input } }
    for name in existing {
      if let id = plan.values.ids[name], known[id] == nil, plan.values.isVariable[id] {
        known[id] = unreal.contains(name) ? writer.real(name, shapes[id]) : Written(name, shapes[id])
      }
    }
  }

  /// The value of this name.
  ///
  /// - Throws: ``GraphError`` where it cannot be written.
  public func value(named name: String) throws(GraphError) -> Written {
    guard let id = plan.values.ids[name] else { throw .noSuchValue(name) }
    return try value(id)
  }

  /// The shape of a value.
  public func shape(of name: String) -> WrittenShape? { plan.values.ids[name].map { shapes[$0] } }

  func shape(_ id: ValueID) -> WrittenShape { shapes[id] }

  func value(_ id: ValueID) throws(GraphError) -> Written {
    if let written = known[id] { return written }
    if let array = plan.values.constants[id] {
      if let axis = shapes[id].imageAxis, shapes[id][axis] != 1 {
        throw .failed(node: "'\(plan.values.names[id])'", reason: "it is a constant for a given number of images")
      }
      let written = writer.weights(plan.values.names[id], array)
      known[id] = written
      return written
    }
    // In order, since a long chain would exhaust the stack.
    var isNeeded: Set<ValueID> = [id], path: [PlannedStep] = []
    for step in (plan.steps + plan.unusedSteps).reversed() where isNeeded.contains(step.output) {
      if known[step.output] != nil { continue }
      path.append(step)
      isNeeded.formUnion(step.inputs)
    }
    for step in path.reversed() {
      var inputs: [Written] = []
      for input in step.inputs { inputs.append(try value(input)) }
      let op = try step.writable
      do {
        known[step.output] = try op.write(inputs, shape: shapes[step.output], to: writer)
      } catch {
        throw .failed(node: step.node.label, reason: "\(error)")
      }
    }
    guard let written = known[id] else { throw .noSuchValue(plan.values.names[id]) }
    return written
  }

  /// Where a step is differentiated.
  public func point(of step: PlannedStep) -> WrittenPoint {
    WrittenPoint(
      inputShapes: step.inputs.map { shapes[$0] }, outputShape: shapes[step.output], wanted: step.wanted,
      constants: step.inputs.map { plan.values.constants[$0] },
      value: { [self] in try value(step.inputs[$0]) }, result: { [self] in try value(step.output) })
  }
}

extension PlannedStep {
  /// The operator as one that can be written.
  ///
  /// - Throws: ``GraphError/failed(node:reason:)`` where it cannot.
  public var writable: any WritableOperator {
    get throws(GraphError) {
      guard let op = node.op as? any WritableOperator else {
        throw .failed(node: node.label, reason: "\(node.op.name) cannot be written in ONNX's operators")
      }
      return op
    }
  }
}
