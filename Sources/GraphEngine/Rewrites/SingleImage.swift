import Kernels

/// The network for one image that a network for several computes on each of them, where that can be followed.
///
/// The images lie along some axis of every value: the first at the inputs, another behind a transposition, one of which
/// they are a part behind a reshape. Shapes that are written down in operators and constants are cut to one image.
/// What comes out is compared with the whole network before it is used, so that nothing here needs to be proved.
struct SingleImage {
  private(set) var graph: Graph
  private let images: Int
  private var wholeShapes: [String: [Int]] = [:]
  private var shapes: [String: [Int]] = [:]
  private var batches: [String: Batch] = [:]

  /// Where the images lie in a value: along an axis, of which `outer` positions come before the first step to the next
  /// image, as in an axis of windows and images.
  private struct Batch {
    let axis: Int
    let outer: Int
  }

  /// `nil` where the images cannot be followed.
  init?(of whole: Graph, images: Int) {
    (graph, self.images) = (whole, images)
    for (name, array) in whole.constants { (wholeShapes[name], shapes[name]) = (array.shape, array.shape) }
    for (index, input) in whole.inputs.enumerated() {
      guard input.shape.first == images else { return nil }
      let alone = [1] + input.shape.dropFirst()
      graph.inputs[index] = Graph.Input(input.name, shape: alone)
      (wholeShapes[input.name], shapes[input.name]) = (input.shape, alone)
      batches[input.name] = Batch(axis: 0, outer: 1)
    }
    for index in graph.nodes.indices { guard follow(index) else { return nil } }
    for output in whole.outputs {
      guard let batch = batches[output], batch.axis == 0, batch.outer == 1, shapes[output]?.first == 1 else {
        return nil
      }
    }
    // Constants that were cut leave the whole ones behind.
    let read = Set(graph.nodes.flatMap(\.inputs))
    graph.constants = graph.constants.filter { read.contains($0.key) }
  }

  /// Rewrites a step for one image; whether its result can be followed.
  private mutating func follow(_ index: Int) -> Bool {
    let node = graph.nodes[index]
    let given = node.inputs.map { wholeShapes[$0] ?? [] }
    guard let whole = try? node.op.outputShape(of: given) else { return false }
    wholeShapes[node.output] = whole
    guard let source = node.inputs.first(where: { batches[$0] != nil }), let batch = batches[source] else {
      shapes[node.output] = whole
      return true
    }
    if node.op is Reshape {
      guard let place = place(of: batch, in: wholeShapes[source] ?? [], reshapedTo: whole) else { return false }
      return rewrite(index, Reshape(to: cut(whole, place)), node.inputs, to: place)
    }
    if let place = followed(node.op, node.inputs, batch, whole) {
      return rewrite(index, node.op, node.inputs, to: place)
    }
    // What is written down for all images: in the operator, or in constants beside the images.
    let place = Batch(axis: batch.axis + whole.count - (wholeShapes[source] ?? []).count, outer: batch.outer)
    guard whole.indices.contains(place.axis), whole[place.axis] % images == 0 else { return false }
    if let op = narrowed(node.op, of: wholeShapes[source] ?? [], to: cut(whole, place), at: place) {
      return rewrite(index, op, node.inputs, to: place)
    }
    let inputs = node.inputs.map { batches[$0] == nil ? firstPart(of: $0, along: place, of: whole) ?? $0 : $0 }
    guard let found = followed(node.op, inputs, batch, whole) else { return false }
    return rewrite(index, node.op, inputs, to: found)
  }

  private mutating func rewrite(_ index: Int, _ op: any Operator, _ inputs: [String], to place: Batch) -> Bool {
    let node = graph.nodes[index]
    guard let whole = wholeShapes[node.output],
      let shape = try? op.outputShape(of: inputs.map { shapes[$0] ?? [] }), shape == cut(whole, place)
    else { return false }
    graph.nodes[index] = Node(node.name, op, inputs, to: node.output)
    (shapes[node.output], batches[node.output]) = (shape, place)
    return true
  }

  private func cut(_ whole: [Int], _ place: Batch) -> [Int] {
    var shape = whole
    shape[place.axis] /= images
    return shape
  }

  /// Where the images are after an operator that says nothing of their number: along the one axis that is shorter now.
  private func followed(_ op: any Operator, _ inputs: [String], _ batch: Batch, _ whole: [Int]) -> Batch? {
    guard let shape = try? op.outputShape(of: inputs.map { shapes[$0] ?? [] }), shape.count == whole.count else {
      return nil
    }
    let shorter = whole.indices.filter { shape[$0] != whole[$0] }
    guard shorter.count == 1, shape[shorter[0]] * images == whole[shorter[0]] else { return nil }
    return Batch(axis: shorter[0], outer: batch.outer)
  }

  /// The axis of a reshaped value that the images become part of.
  private func place(of batch: Batch, in shape: [Int], reshapedTo target: [Int]) -> Batch? {
    let before = shape[..<batch.axis].reduce(1, *) * batch.outer
    var (axis, outer) = (0, 1)
    while axis < target.count, outer * target[axis] <= before {
      outer *= target[axis]
      axis += 1
    }
    guard axis < target.count, before % outer == 0, target[axis] % (before / outer * images) == 0 else { return nil }
    return Batch(axis: axis, outer: before / outer)
  }

  /// An operator that names shapes or places, for one image.
  private func narrowed(_ op: any Operator, of source: [Int], to shape: [Int], at place: Batch) -> (any Operator)? {
    switch op {
    case let op as Expand:
      var target = op.shape
      let axis = place.axis - (shape.count - target.count)
      guard target.indices.contains(axis), target[axis] % images == 0 else { return nil }
      target[axis] /= images
      return Expand(to: target)
    case let op as Slice:
      guard op.starts[place.axis] == 0, op.steps[place.axis] == 1, op.ends[place.axis] == source[place.axis] else {
        return nil
      }
      var ends = op.ends
      ends[place.axis] /= images
      return Slice(starts: op.starts, ends: ends, steps: op.steps)
    case let op as Picking where place.axis == 0 && place.outer == 1:
      // The first image's places, which must lie in the first image.
      let (given, taken) = (op.inputShape.reduce(1, *) / images, op.places.count / images)
      guard op.inputShape[0] % images == 0, op.places.prefix(taken).allSatisfy({ $0 < given }) else { return nil }
      return Picking(
        places: Array(op.places.prefix(taken)), from: [op.inputShape[0] / images] + op.inputShape.dropFirst(),
        shape: shape)
    default: return nil
    }
  }

  /// A constant that holds the same for each image, for one of them.
  private mutating func firstPart(of name: String, along place: Batch, of whole: [Int]) -> String? {
    guard let array = graph.constants[name] else { return nil }
    let axis = place.axis - (whole.count - array.shape.count)
    guard array.shape.indices.contains(axis), place.outer == 1, array.shape[axis] % images == 0 else { return nil }
    let part = "\(name).one"
    if shapes[part] != nil { return part }
    let length = array.shape[axis] / images
    func slice(_ image: Int) -> NDArray? {
      var (starts, ends) = (array.shape.map { _ in 0 }, array.shape)
      (starts[axis], ends[axis]) = (image * length, (image + 1) * length)
      return try? sliced(array, starts: starts, ends: ends, steps: starts.map { _ in 1 })
    }
    guard let first = slice(0), (1..<images).allSatisfy({ slice($0)?.scalars == first.scalars }) else { return nil }
    graph.constants[part] = first.asConstant()
    (shapes[part], wholeShapes[part]) = (first.shape, first.shape)
    return part
  }
}
