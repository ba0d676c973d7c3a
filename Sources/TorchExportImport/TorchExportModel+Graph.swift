public import GraphEngine
public import Kernels

extension TorchExportModel {
  /// The declared shape of an input.
  func extents(of input: String) -> [ProgramGraph.Extent] { program.graph.shapes[input] ?? [] }

  /// Whether the file leaves the height or width of its image open.
  public var leavesImageSizeOpen: Bool {
    inputs.contains { input in
      let extents = extents(of: input)
      return extents.count == 4 && extents.dropFirst(2).contains { if case .open = $0 { true } else { false } }
    }
  }

  /// The height and width that a program which leaves them open was exported with, where they are one number.
  public var exportedSide: Int? {
    for input in inputs where extents(of: input).count == 4 {
      let hints = extents(of: input).suffix(2).map { extent in
        switch extent {
        case .fixed(let number): number
        case .open(_, let hint): hint ?? 0
        }
      }
      return hints[0] == hints[1] && hints[0] > 0 ? hints[0] : nil
    }
    return nil
  }

  /// Lowers the network for a number of images, with all of its outputs that depend on them.
  ///
  /// Values carry the names of the modules that compute them, `layer4.2.relu`.
  ///
  /// - Parameters:
  ///   - batch: the number of images.
  ///   - imageSize: the size of the images, where the file leaves it open.
  ///   - fixed: arrays for inputs that are no images, by name: constants from here on.
  /// - Returns: The graph.
  /// - Throws: ``TorchExportError``.
  public func graph(
    batch: Int = 1, imageSize: (height: Int, width: Int)? = nil, fixed: [String: NDArray] = [:]
  ) throws(TorchExportError) -> Graph {
    try walked(batch: batch, imageSize: imageSize, fixed: fixed).graph
  }

  /// The graph for one image, with what had to be decided for it.
  ///
  /// A program that takes a fixed number of images is turned into one for a single image, see
  /// ``GraphEngine/LoweredNetwork/init(_:madeFor:)``. One that was exported for one image takes several where each of
  /// its values then has them along one axis, as the outermost part of it.
  ///
  /// - Throws: As ``graph(batch:imageSize:fixed:)`` does.
  public func lowered(
    imageSize: (height: Int, width: Int)? = nil, fixed: [String: NDArray] = [:]
  ) throws(TorchExportError) -> LoweredNetwork {
    let free = inputs.filter { fixed[$0] == nil }
    if let name = free.first, let images = declaredImages(of: name), (2...LoweredNetwork.mostImages).contains(images),
      free.allSatisfy({ declaredImages(of: $0) == images })
    {
      let graph = try walked(batch: images, imageSize: imageSize, fixed: fixed).graph
      do { return try LoweredNetwork(graph, madeFor: images) } catch { throw .mixedImages(input: name, images: images) }
    }
    let one = try walked(batch: 1, imageSize: imageSize, fixed: fixed)
    return LoweredNetwork(one.graph, takesBatches: takesBatches(one, imageSize: imageSize, fixed: fixed))
  }

  /// Whether a second image doubles one axis of every value, so that images do not meet.
  private func takesBatches(
    _ one: Lowering, imageSize: (height: Int, width: Int)?, fixed: [String: NDArray]
  ) -> Bool {
    guard let two = try? walked(batch: 2, imageSize: imageSize, fixed: fixed),
      two.graph.nodes.count == one.graph.nodes.count
    else { return false }
    for node in one.graph.nodes {
      guard let single = one.shapes[node.output], let double = two.shapes[node.output] else { continue }
      guard single.count == double.count else { return false }
      let changed = single.indices.filter { single[$0] != double[$0] }
      guard changed.count == 1, double[changed[0]] == 2 * single[changed[0]] else { return false }
    }
    return one.graph.outputs.allSatisfy { (one.shapes[$0]?.first ?? 0) * 2 == two.shapes[$0]?.first ?? 1 }
  }

  /// How many images an input takes; `nil` where the file leaves it open.
  private func declaredImages(of input: String) -> Int? {
    if case .fixed(let number)? = extents(of: input).first { number } else { nil }
  }

  private func walked(
    batch: Int, imageSize: (height: Int, width: Int)?, fixed: [String: NDArray]
  ) throws(TorchExportError) -> Lowering {
    if let name = fixed.keys.sorted().first(where: { !inputs.contains($0) }) {
      throw .noSuchInput(name, inputs: inputs)
    }
    let free = inputs.filter { fixed[$0] == nil }
    let declared = free.compactMap(declaredImages)
    // What was exported for one image is lowered for several by widening what holds it.
    let widening = declared.allSatisfy { $0 == 1 } && !declared.isEmpty ? batch : 1
    var graph = Lowering(reserved: Set(inputs), widening: widening)
    for spec in program.inputs {
      switch spec {
      case .weight(let value, let own):
        guard let tensor = weights.arrays[own] else { continue }
        var parameter = TensorValue(tensor.array, kind: tensor.kind, name: own)
        parameter.turned = tensor.turned
        graph.set(value, to: .tensor(parameter))
      case .settled(let value, let argument):
        switch argument {
        case .integer(let number): graph.set(value, to: .integer(number))
        case .real(let number): graph.set(value, to: .real(number))
        case .truth(let truth): graph.set(value, to: .truth(truth))
        case .text(let text): graph.set(value, to: .text(text))
        default: graph.set(value, to: .none)
        }
      case .given(let name):
        let kind = program.graph.types[name]?.kind ?? .real
        if let array = fixed[name] {
          graph.set(name, to: .tensor(TensorValue(try fitting(array, to: name), kind: kind, name: name)))
        } else {
          graph.input(name, shape: try shape(of: name, batch: batch, imageSize: imageSize), kind: kind)
        }
      }
    }
    var walk = ProgramLowering(graph, names: names)
    do throws(TorchExportError) {
      try walk.lower(program.graph)
      try walk.graph.finish(outputs: program.outputs)
    } catch {
      guard case .malformedNode(let node, let reason) = error, let size = imageSize, leavesImageSizeOpen else {
        throw error
      }
      throw .unfitImageSize(height: size.height, width: size.width, reason: "\(node): \(reason)")
    }
    return walk.graph
  }

  /// The declared shape of an input with its open axes filled in.
  private func shape(
    of input: String, batch: Int, imageSize: (height: Int, width: Int)?
  ) throws(TorchExportError) -> [Int] {
    let extents = extents(of: input)
    guard !extents.isEmpty else { throw .malformed(reason: "its input '\(input)' has no shape") }
    var shape: [Int] = []
    for (axis, extent) in extents.enumerated() {
      switch extent {
      case .fixed(let number):
        if axis == 0, number != batch, number > 1 {
          throw .fixedBatch(input: input, declared: number, asked: batch)
        }
        shape.append(axis == 0 ? batch : number)
      case .open(_, let hint): shape.append(axis == 0 ? batch : hint ?? 224)
      }
    }
    if let imageSize, extents.count == 4 {
      let asked = [imageSize.height, imageSize.width]
      for (axis, side) in zip([2, 3], asked) {
        if case .fixed(let number) = extents[axis], number != side {
          throw .fixedImageSize(input: input, declared: Array(shape.suffix(2)), asked: asked)
        }
        shape[axis] = side
      }
    }
    guard shape.allSatisfy({ $0 > 0 }), elementCount(of: shape) != nil else {
      throw .tooLarge(value: input, shape: shape)
    }
    return shape
  }

  /// An array for an input that is fixed, in the input's own shape; a number without a shape stands everywhere.
  private func fitting(_ array: NDArray, to input: String) throws(TorchExportError) -> NDArray {
    let extents = extents(of: input)
    func fits(_ shape: [Int]) -> Bool {
      shape.count == extents.count
        && zip(shape, extents).allSatisfy { if case .fixed(let number) = $1 { $0 == number } else { true } }
    }
    if fits(array.shape) { return array }
    if fits([1] + array.shape) { return array.reshaped([1] + array.shape) }
    let known = extents.map { if case .fixed(let number) = $0 { number } else { 1 } }
    if array.count == 1 { return NDArray(repeating: array.scalars[0], shape: known) }
    let declared = extents.map { if case .fixed(let number) = $0 { "\(number)" } else { "?" } }.joined(separator: " × ")
    throw .wrongShape(input: input, declared: declared, given: array.shape)
  }
}
