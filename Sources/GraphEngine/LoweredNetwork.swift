import Kernels

/// A network as the reader of its file hands it over.
public struct LoweredNetwork: Sendable {
  /// The network, its shapes known.
  public let graph: Graph
  /// What had to be decided that the file leaves open, each a sentence without its full stop.
  public let notes: [String]
  /// Whether the same network can be had for several images at a time, giving each what it is given alone.
  public let takesBatches: Bool

  /// A network with what its reader has to say of it.
  public init(_ graph: Graph, notes: [String] = [], takesBatches: Bool = true) {
    self.graph = graph
    self.notes = notes
    self.takesBatches = takesBatches
  }

  /// For how many images at a time a network may be made; more would not fit a run of all of them.
  public static let mostImages = 128

  /// One image through a network that was made for `images` at a time: the image is repeated, and the first answer
  /// taken.
  ///
  /// The score is then a function of the one image, and so is its gradient. In most networks images do not meet, and
  /// the graph returned computes the first answer alone, so that its layers are those of one image. Where they meet,
  /// as in statistics taken over all of them, the graph keeps all images: the gradient is that of the first answer by
  /// the image wherever it is repeated, and layers within have no places that attribution methods could show.
  ///
  /// - Parameters:
  ///   - graph: the network for `images`; all its inputs have as many.
  ///   - images: how many images it takes.
  /// - Throws: ``GraphError``: the graph cannot be planned, or its outputs do not have one answer for each image.
  public init(_ graph: Graph, madeFor images: Int) throws(GraphError) {
    let start = "the network takes \(images) images at a time"
    if let alone = SingleImage(of: graph, images: images)?.graph, (try? alone.answers(like: graph, for: images)) == true
    {
      self.init(
        alone, notes: ["\(start): the image is given as each of them, and the first answer taken"], takesBatches: false)
    } else {
      let repeated = try graph.repeatingImage(images)
      let note =
        "\(start), which meet within: the image is given as each of them, and the first answer taken; "
        + "its layers have no places"
      self.init(repeated, notes: [note], takesBatches: false)
    }
  }
}

extension Graph {
  /// Whether this network gives one image the first answer that another gives it as each of `images`.
  ///
  /// Both are run on one image of pseudo-random numbers, which differences that matter show up on.
  fileprivate func answers(like other: Graph, for images: Int) throws -> Bool {
    guard let plan = try? Plan(self) else { return false }
    let whole = try Plan(other)
    var (alone, repeated): ([NDArray], [NDArray]) = ([], [])
    var state: UInt32 = 1
    for (input, wide) in zip(inputs, other.inputs) {
      let scalars = (0..<input.shape.reduce(1, *)).map { _ -> Float in
        state = state &* 1_664_525 &+ 1_013_904_223
        return Float(state >> 8) * 0x1p-23 - 1
      }
      alone.append(NDArray(scalars, shape: input.shape))
      repeated.append(NDArray(Array(repeatElement(scalars, count: images).joined()), shape: wide.shape))
    }
    let (answers, expected) = (try plan.outputs(for: alone), try whole.outputs(for: repeated))
    return zip(answers, expected).allSatisfy { answer, all in
      let first = all.scalars.prefix(answer.count)
      guard answer.count * images == all.count, first.allSatisfy(\.isFinite) else { return false }
      let scale = first.map(abs).max() ?? 0
      return zip(answer.scalars, first).allSatisfy { abs($0 - $1) <= 1e-3 * scale + 1e-12 }
    }
  }

  /// The network with its image repeated in front of it, and all answers but the first cut off.
  ///
  /// The cut is made before whatever treats each answer by itself, so that a softmax stays the last step.
  fileprivate func repeatingImage(_ images: Int) throws(GraphError) -> Graph {
    let plan = try Plan(self)
    var names = Set(nodes.map(\.output)).union(constants.keys).union(inputs.map(\.name))
    func fresh(_ stem: String) -> String {
      var name = stem
      while !names.insert(name).inserted { name += "'" }
      return name
    }
    var (renamed, first): ([String: String], [Node]) = ([:], [])
    for input in inputs {
      guard input.shape.first == images else {
        throw .wrongInput(name: input.name, expected: [images] + input.shape.dropFirst(), given: input.shape)
      }
      let name = fresh(input.name + ".repeated")
      first.append(Node(Expand(to: input.shape), [input.name], to: name))
      renamed[input.name] = name
    }
    var all = nodes
    for output in outputs {
      guard let index = cut(before: output, in: all), let shape = plan.shape(of: all[index].output),
        shape.first == images
      else {
        let reason = "it has no answer for each of \(images) images"
        throw .shapeMismatch(node: "'\(output)'", inputs: [plan.shape(of: output) ?? []], reason: reason)
      }
      let node = all[index]
      let whole = fresh(node.output + ".all")
      all[index] = Node(node.name, node.op, node.inputs, to: whole)
      let slice = Slice(starts: shape.map { _ in 0 }, ends: [1] + shape.dropFirst(), steps: shape.map { _ in 1 })
      all.append(Node(slice, [whole], to: node.output))
    }
    var graph = self
    graph.inputs = inputs.map { Input($0.name, shape: [1] + $0.shape.dropFirst()) }
    graph.nodes =
      first
      + all.map { node in
        Node(node.name, node.op, node.inputs.map { renamed[$0] ?? $0 }, to: node.output)
      }
    return graph
  }

  /// The step whose result is cut: the last before those that only change each answer by itself.
  private func cut(before output: String, in nodes: [Node]) -> Int? {
    let places = Dictionary(nodes.enumerated().map { ($1.output, $0) }) { first, _ in first }
    let readers = Dictionary(grouping: nodes.flatMap { node in node.inputs.map { ($0, node.output) } }, by: \.0)
    guard var index = places[output] else { return nil }
    while nodes[index].op.treatsAnswersApart, let before = places[nodes[index].inputs[0]],
      readers[nodes[before].output]?.count == 1, !outputs.contains(nodes[before].output)
    {
      index = before
    }
    return index
  }
}

extension Operator {
  /// Whether the result for each image follows from that image's own input, of the same shape.
  fileprivate var treatsAnswersApart: Bool {
    switch self {
    case is ElementwiseFunction, is Identity: true
    case let softmax as Softmax: softmax.axis > 0
    case let softmax as LogSoftmax: softmax.axis > 0
    default: false
    }
  }
}
