public import GraphEngine
public import Kernels

extension ONNXModel {
  /// Lowers the network for concrete shapes.
  ///
  /// As ``lowered(batch:imageSize:inputShapes:output:alongside:fixed:)`` does, without its notes.
  public func graph(
    batch: Int = 1, imageSize: (height: Int, width: Int)? = nil, inputShapes: [String: [Int]] = [:],
    output: String? = nil, alongside others: [String] = [], fixed: [String: NDArray] = [:]
  ) throws(ONNXError) -> Graph {
    try lowered(
      batch: batch, imageSize: imageSize, inputShapes: inputShapes, output: output, alongside: others, fixed: fixed
    ).graph
  }

  /// Lowers the network for concrete shapes.
  ///
  /// Only what the outputs depend on is lowered. Weights share their memory with every other graph of this model.
  /// A network that takes a fixed number of images is turned into one for a single image, see
  /// ``GraphEngine/LoweredNetwork/init(_:madeFor:)``.
  ///
  /// - Parameters:
  ///   - batch: the number of images, where the file leaves it open.
  ///   - imageSize: the size of the images, where the file leaves it open.
  ///   - inputShapes: whole shapes for inputs by name; they come before `batch` and `imageSize`.
  ///   - output: the output to compute, or any other value; the file's first output if `nil`.
  ///   - others: further values to compute, which become outputs after the first.
  ///   - fixed: arrays for inputs that are no images, by name: constants from here on, with which indices, sizes and
  ///     whatever else is made of them is settled. One row is repeated where the file asks for one for each image.
  /// - Returns: the graph, whose values carry the file's names.
  /// - Throws: ``ONNXError/unsupported(_:)`` with every operator that cannot be lowered,
  ///   ``ONNXError/fixedBatch(input:declared:asked:)`` where the network takes another number of images than the
  ///   several asked for, ``ONNXError/mixedImages(input:images:)``, ``ONNXError/unknownImageSize(input:)``, ``ONNXError/unfitImageSize(height:width:reason:fitting:)``,
  ///   ``ONNXError/wrongValue(input:reason:)``, and others where the file is inconsistent.
  public func lowered(
    batch: Int = 1, imageSize: (height: Int, width: Int)? = nil, inputShapes: [String: [Int]] = [:],
    output: String? = nil, alongside others: [String] = [], fixed: [String: NDArray] = [:]
  ) throws(ONNXError) -> LoweredNetwork {
    let known = inputs.map(\.name)
    if let name = (Array(inputShapes.keys) + fixed.keys).sorted().first(where: { !known.contains($0) }) {
      throw .noSuchInput(name, inputs: known)
    }
    let output = output ?? outputs[0].name
    for output in [output] + others {
      guard outputs.contains(where: { $0.name == output }) || nodes.contains(where: { $0.outputs.contains(output) })
      else {
        throw .noSuchOutput(output, outputs: outputs.map(\.name))
      }
    }
    let dependencies = Dependencies(of: [output] + others, in: self, fixed: Set(fixed.keys))
    let unsupported = dependencies.unsupportedNodes
    guard unsupported.isEmpty else { throw .unsupported(unsupported) }

    var request = LoweringRequest(
      outputs: [output] + others, dependencies: dependencies, images: batch, imageSize: imageSize,
      inputShapes: inputShapes,
      fixed: fixed)
    // Images only: a first axis of three may as well be colours. Whoever gives a whole shape wants that.
    let declared = dependencies.inputs.compactMap { input in
      inputShapes[input.name].map { $0.first == 1 } == false ? nil : input.declaredImages
    }
    if batch == 1, let images = declared.first, (2...LoweredNetwork.mostImages).contains(images),
      declared.allSatisfy({ $0 == images })
    {
      (request.images, request.isRepeated) = (images, true)
    }
    let graph = try fitting(request)
    let blockNotes = channelBlock.map { $0.isAssumed ? [$0.note] : [] } ?? []
    guard request.isRepeated else { return LoweredNetwork(graph, notes: blockNotes) }
    do {
      let single = try LoweredNetwork(graph, madeFor: request.images)
      return LoweredNetwork(single.graph, notes: blockNotes + single.notes, takesBatches: single.takesBatches)
    } catch {
      throw .mixedImages(input: dependencies.inputs[0].name, images: request.images)
    }
  }

  func lowerGraph(_ request: LoweringRequest) throws(ONNXError) -> Graph {
    let dependencies = request.dependencies
    var shapes: [Graph.Input] = []
    for input in dependencies.inputs {
      let given = request.inputShapes[input.name].map {
        request.isRepeated && $0.first == 1 ? [request.images] + $0.dropFirst() : $0
      }
      let shape = try concreteShape(
        of: input, amongSeveral: dependencies.inputs.count > 1, batch: request.images, imageSize: request.imageSize,
        given: given)
      shapes.append(Graph.Input(input.name, shape: shape))
    }
    let types = Dictionary(uniqueKeysWithValues: dependencies.inputs.map { ($0.name, $0.elementType) })
    var constants = constants
    for (name, array) in request.fixed {
      guard let input = inputs.first(where: { $0.name == name }) else { continue }
      constants[name] = try input.constant(array, images: request.images, batchAxis: dependencies.batchAxis)
    }
    var lowering = Lowering(
      inputs: shapes, types: types, constants: constants, reserved: definedNames, channelBlock: channelBlock?.size)
    for input in dependencies.inputs where input.isUnbatchedImage { lowering.dropBatch(of: input.name) }
    for node in dependencies.nodes { try lower(node, into: &lowering) }
    try lowering.finish(outputs: request.outputs)
    return lowering.graph
  }

  private var definedNames: Set<String> {
    var names = Set(constants.keys)
    names.formUnion(inputs.map(\.name))
    for node in nodes {
      names.formUnion(node.outputs)
      for graph in node.attributes.graphs { names.formUnion(graph.definedNames) }
    }
    return names
  }

  func lower(_ node: FileNode, into lowering: inout Lowering) throws(ONNXError) {
    if try lowerSequence(node, into: &lowering) { return }
    var inputs: [Value?] = []
    for name in node.inputs {
      inputs.append(name.isEmpty ? nil : try lowering.value(name, readBy: node.label))
    }
    let call = OperatorCall(
      node: node, opset: opsets[node.domain] ?? opset, inputs: inputs, sources: lowering.sources(of: inputs))
    let firstNode = lowering.graph.nodes.count
    if try lowerControlFlow(call, into: &lowering) { return }
    if let evaluation = ConstantFolding.evaluation(of: call) {
      let results = try evaluation(call).map { Value.constant($0, name: "") }
      return try lowering.bind(results, of: call, since: firstNode)
    }
    guard let importer = OperatorTable.importer(of: node) else {
      throw .unsupported([UnsupportedNode(node, opsets: opsets)])
    }
    let results = try importer.lower(call, &lowering)
    try lowering.bind(results, of: call, since: firstNode)
  }
}

extension UnsupportedNode {
  init(_ node: FileNode, opsets: [String: Int]) {
    let name = node.name.isEmpty ? node.outputs.first ?? "" : node.name
    self.init(node: name, operator: node.type, domain: node.domain, opset: opsets[node.domain] ?? 0)
  }
}
