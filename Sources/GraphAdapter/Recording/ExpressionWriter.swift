import AttributionKit
import GraphEngine
import Tensors

/// Writes the expression that a recorded tensor is.
///
/// A tensor of one image is a value with the images in front; a constant is the same for all of them.
final class ExpressionWriter {
  let model: GraphModel
  let writer: GraphWriter
  let request: RecordingRequest
  let two: Plan?
  /// Numbers that nobody has seen before.
  let noise: (_ shape: [Int]) -> Tensor
  private var known: [ObjectIdentifier: Written] = [:]
  private var passes: [ObjectIdentifier: WrittenPass] = [:]
  /// The run on the image that the graph is given.
  private var own: WrittenPass?
  private var walks: [Walk: WrittenBackwardPass] = [:]
  /// The network's head, run on the tokens behind blocks of attention.
  var readings: [ObjectIdentifier: WrittenPass] = [:]
  /// Whatever is known by its identity must live as long.
  private var kept: [AnyObject] = []

  private struct Walk: Hashable {
    let run: ObjectIdentifier
    let rule: AnyHashable
    let starts: [String: Written]
  }

  init(_ model: GraphModel, _ request: RecordingRequest, noise: @escaping (_ shape: [Int]) -> Tensor) throws {
    (self.model, self.request, self.noise) = (model, request, noise)
    writer = GraphWriter(opset: request.opset, weight: request.weight)
    two = request.isBatchOpen ? model.plans.plan(for: 2) : nil
    if request.isBatchOpen {
      guard two != nil else {
        throw GraphModelError.unwritable(
          "the network's file leaves the number of images open and takes one all the same")
      }
      writer.countImages(of: model.input.name)
    }
  }

  var imageAxis: Int? { request.isBatchOpen ? 0 : nil }

  /// The whole graph of a map, without what it does not need.
  func map(_ values: Tensor, on layer: Layer) throws -> RecordedMap {
    let shape = shape(values.shape), result = writer.expanded(try write(values), to: shape)
    var outputs: [String: Written] = [:]
    if request.writesNetwork {
      let own = try ownPass()
      for output in model.outputs { outputs[output.name] = try own.value(named: output.name) }
    }
    var needed = Set([result.name] + outputs.values.map(\.name)), nodes: [WrittenNode] = []
    for node in writer.nodes.reversed() where node.results.contains(where: needed.contains) {
      nodes.append(node)
      needed.formUnion(node.inputs)
    }
    return RecordedMap(
      nodes: nodes.reversed(), constants: writer.constants.filter { needed.contains($0.key) }, output: result.name,
      shape: shape, layer: layer, outputs: outputs)
  }

  /// The shape of a tensor of each image.
  func shape(_ shape: [Int]) -> WrittenShape { WrittenShape([1] + shape, imageAxis: imageAxis) }

  func write(_ tensor: Tensor) throws -> Written {
    guard let record = tensor.record else { return writer.constant(tensor.scalars, [1] + tensor.shape) }
    if let written = known[ObjectIdentifier(record)] { return written }
    let written: Written
    if case .source(let source) = record.operation {
      guard let source = source as? NetworkSource else {
        throw GraphModelError.unwritable("it reads what no network computes")
      }
      written = try write(source, record.operands, tensor.shape)
    } else {
      written = try write(record.operation, record.operands, tensor.shape)
    }
    known[ObjectIdentifier(record)] = written
    kept.append(record)
    return written
  }

  private func write(_ source: NetworkSource, _ operands: [Tensor], _ shape: [Int]) throws -> Written {
    switch source {
    case .image:
      return request.isImageReal
        ? Written(model.input.name, self.shape(shape)) : writer.real(model.input.name, self.shape(shape))
    case .activation(let run, let layer):
      return try maps(in: pass(run).value(named: layer.name), of: layer)
    case .output(let run, let index):
      return try scores(in: pass(run), index)
    case .gradient(let run, let layer, let rule, let outputs):
      return try gradient(run, layer, rule, zip(outputs, operands).map { ($0, $1) })
    case .prediction:
      let scores = try write(operands[0])
      return writer.oneHot(writer.largest(scores), count: shape[0], shape: self.shape(shape))
    case .placeShares(let link):
      return try placeShares(of: write(operands[0]), link, shape: self.shape(shape))
    case .side(let threshold):
      return try writer.sides(of: write(operands[0]), threshold: threshold)
    case .places(let link, let mayBeAgainst):
      let (side, scores) = (try write(operands[0]), try write(operands[1]))
      return try places(of: side, in: scores, link, mayBeAgainst: mayBeAgainst, shape: self.shape(shape))
    case .projectedValues(let run, let block): return try projectedValues(of: block, in: pass(run), shape: shape)
    case .reading(let reading, let output): return try read(reading, output: output, shape: shape)
    case .readingGradient(let reading, let outputs):
      return try readingGradient(reading, zip(outputs, operands).map { ($0, $1) })
    case .written(let value): return value
    case .chosenClass(let count):
      let classes = writer.checkedClasses(request.chosenClass, count: count)
      return writer.oneHot(classes, count: count, shape: self.shape(shape))
    }
  }

  /// The run on the image that the graph is given, whoever asks for it.
  private func ownPass() throws -> WrittenPass {
    if let pass = own { return pass }
    let image = Tensor(repeating: 0, shape: model.input.shape).recorded(from: NetworkSource.image)
    return try pass(RecordedRun(on: image))
  }

  /// The run on an image; the one on the network's own is what is there already.
  func pass(_ run: RecordedRun) throws -> WrittenPass {
    if let pass = passes[ObjectIdentifier(run)] { return pass }
    if run.image.isOwnImage, let own {
      passes[ObjectIdentifier(run)] = own
      kept.append(run)
      return own
    }
    let image = try write(run.image), isOwn = run.image.isOwnImage
    let pass = try WrittenPass(
      of: model.plan, two: two,
      inputs: [model.input.name: writer.expanded(image, to: shape(model.input.shape))],
      existing: isOwn ? request.existing : [], unreal: request.unreal, to: writer)
    passes[ObjectIdentifier(run)] = pass
    kept.append(run)
    if isOwn { own = pass }
    return pass
  }

  private func gradient(
    _ run: RecordedRun, _ layer: Layer, _ rule: any GradientRule, _ cotangents: [(output: Int, Tensor)]
  ) throws -> Written {
    let pass = try pass(run), starts = try starts(of: cotangents, in: pass)
    let key = Walk(run: ObjectIdentifier(pass), rule: AnyHashable(rule), starts: starts)
    let walk =
      walks[key]
      ?? WrittenBackwardPass(through: pass, from: starts) { [unowned self] in crossing(of: $0, under: rule) }
    walks[key] = walk
    guard let pulled = try walk.cotangent(of: layer.name) else {
      return writer.constant(Array(repeating: 0, count: layer.shape.reduce(1, *)), [1] + layer.shape)
    }
    return try maps(in: pulled, of: layer)
  }
}

extension Tensor {
  /// Whether this is the image that the graph is given, as it is.
  fileprivate var isOwnImage: Bool {
    guard case .source(let source) = record?.operation, case .image = source as? NetworkSource else { return false }
    return true
  }
}
