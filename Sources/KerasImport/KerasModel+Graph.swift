public import GraphEngine
public import Kernels

extension KerasModel {
  /// Lowers the network for a number of images.
  ///
  /// Values carry the names of the layers that compute them; inner layers of nested models those of the models, too:
  /// `resnet50/conv1_conv`. Where Keras has images as `[N, H, W, C]`, the graph has `[N, C, H, W]`, its inputs included.
  ///
  /// - Parameters:
  ///   - batch: the number of images, where the file leaves it open.
  ///   - imageSize: the size of the images, where the file leaves it open.
  ///   - fixed: arrays for inputs that are no images, by name, in Keras' order of axes or in the graph's: constants from
  ///     here on. One row is repeated for all images.
  /// - Returns: the graph, its outputs in the model's order.
  /// - Throws: ``KerasError/unsupported(_:)`` with every layer that cannot be lowered, and others where the file is
  ///   inconsistent or the images do not fit.
  public func graph(
    batch: Int = 1, imageSize: (height: Int, width: Int)? = nil, fixed: [String: NDArray] = [:]
  ) throws(KerasError) -> Graph {
    try lowered(batch: batch, imageSize: imageSize, fixed: fixed).graph
  }

  /// The graph, with what had to be decided for it.
  ///
  /// A network that takes a fixed number of images is turned into one for a single image, see
  /// ``GraphEngine/LoweredNetwork/init(_:madeFor:)``.
  ///
  /// - Throws: As ``graph(batch:imageSize:fixed:)`` does.
  public func lowered(
    batch: Int = 1, imageSize: (height: Int, width: Int)? = nil, fixed: [String: NDArray] = [:]
  ) throws(KerasError) -> LoweredNetwork {
    let free = inputLayers.filter { fixed[$0.path] == nil }
    let declared = free.compactMap { $0.declaredShape.first ?? nil }
    guard batch == 1, let images = declared.first, (2...LoweredNetwork.mostImages).contains(images),
      declared.allSatisfy({ $0 == images })
    else {
      return LoweredNetwork(try fitting(batch: batch, imageSize: imageSize, fixed: fixed).graph)
    }
    let graph = try fitting(batch: images, imageSize: imageSize, fixed: fixed).graph
    do {
      return try LoweredNetwork(graph, madeFor: images)
    } catch {
      throw .mixedImages(input: free[0].path, images: images)
    }
  }

  /// The layers at the network's start that bring samples of 0…255 to what it was trained on.
  ///
  /// These are Rescaling, Normalization, and arithmetic with numbers; there are none where the caller has to.
  ///
  /// - Throws: As ``graph(batch:imageSize:fixed:)`` does.
  public func rescalingLayers(
    imageSize: (height: Int, width: Int)? = nil, fixed: [String: NDArray] = [:]
  ) throws(KerasError) -> [String] {
    let images = inputLayers.compactMap { $0.declaredShape.first ?? nil }.first
    return try walked(batch: images ?? 1, imageSize: imageSize, fixed: fixed).rescalings
  }

  /// Whether images and arrays have their channels last, as Keras has them unless told otherwise.
  public var isChannelsLast: Bool { movesChannels }

  /// Whether the file leaves the size of its images open.
  public var leavesImageSizeOpen: Bool {
    inputLayers.contains { layer in
      let declared = layer.declaredShape
      return declared.count == 4 && imageAxes(of: declared).contains { declared[$0] == nil }
    }
  }

  private var inputLayers: [LayerDescription] {
    description.inputs.compactMap { input in description.layers.first { $0.name == input.layer } }
  }

  /// Whether channels come last throughout; where any layer says otherwise, nothing is moved on the quiet.
  private var movesChannels: Bool { !description.leaves.contains { $0.config["data_format"].text == "channels_first" } }

  private func imageAxes(of shape: [Int?]) -> [Int] { movesChannels ? [1, 2] : [2, 3] }

  /// Lowers the network, and tells a size that does not fit from a model that is malformed.
  private func fitting(
    batch: Int, imageSize: (height: Int, width: Int)?, fixed: [String: NDArray]
  ) throws(KerasError) -> Lowering {
    do throws(KerasError) {
      return try walked(batch: batch, imageSize: imageSize, fixed: fixed)
    } catch {
      guard let size = imageSize, leavesImageSizeOpen, error.isMisfit else { throw error }
      let other = Self.usualSides.first { side in
        (side, side) != (size.height, size.width)
          && (try? walked(batch: batch, imageSize: (side, side), fixed: fixed)) != nil
      }
      guard other != nil else { throw error }
      throw .unfitImageSize(
        height: size.height, width: size.width, reason: error.cause, fitting: other)
    }
  }

  /// The sides of images that networks are trained on.
  private static let usualSides = [
    224, 32, 28, 64, 48, 96, 112, 128, 160, 192, 227, 240, 256, 288, 299, 300, 320, 331, 380, 384, 416, 448, 480, 512,
    600, 640, 1024,
  ]

  private func walked(
    batch: Int, imageSize: (height: Int, width: Int)?, fixed: [String: NDArray]
  ) throws(KerasError) -> Lowering {
    if let name = fixed.keys.sorted().first(where: { !self.inputs.contains($0) }) {
      throw .noSuchInput(name, inputs: self.inputs)
    }
    var graph = Lowering(
      movesChannels: movesChannels, reserved: Set(description.leaves.map(\.path)))
    var inputs: [Value] = []
    for layer in inputLayers {
      let array = fixed[layer.path]
      // The size asked for is that of the images; a fixed array has its own.
      let shape = try shape(of: layer, batch: batch, imageSize: array == nil ? imageSize : nil, given: array?.shape)
      guard let array else {
        inputs.append(graph.input(layer.path, shape: shape))
        continue
      }
      guard let value = graph.fixedInput(layer.path, shape: shape, to: array) else {
        throw .wrongShape(input: layer.path, declared: shape, given: array.shape)
      }
      inputs.append(value)
    }
    guard inputs.count == description.inputs.count else { throw .malformed(reason: "an input is not among its layers") }
    var walk = ModelLowering(weights: weights, kerasVersion: majorVersion, lambdas: lambdas, graph: graph)
    let outputs = try walk.lower(description, inputs: inputs, label: KerasLayer(name: "", className: "the model"))
    walk.graph.finish(outputs: walk.graph.named(outputs, description.outputNames))
    return walk.graph
  }

  /// The declared shape of an input with its open axes filled in.
  private func shape(
    of layer: LayerDescription, batch: Int, imageSize: (height: Int, width: Int)?, given: [Int]?
  ) throws(KerasError) -> [Int] {
    var declared = layer.declaredShape
    let spelledOut = declared.map { $0.map(String.init) ?? "?" }.joined(separator: " × ")
    if let given, given.count == declared.count {
      // An array settles what is open, its channels where Keras has them or first.
      let isKeras = zip(declared, given).dropFirst().allSatisfy { $0 == nil || $0 == $1 }
      let turned = isKeras || given.count < 4 ? given : [given[0]] + given[2...] + [given[1]]
      for axis in declared.indices.dropFirst() where declared[axis] == nil { declared[axis] = turned[axis] }
    }
    guard declared.count >= 1, declared.allSatisfy({ $0.map { (1...(1 << 24)).contains($0) } ?? true }) else {
      throw .unknownShape(input: layer.path, declared: spelledOut)
    }
    if let fixed = declared[0], fixed != batch, given == nil {
      throw .fixedBatch(input: layer.path, declared: fixed, asked: batch)
    }
    declared[0] = batch
    if declared.count == 4 {
      let axes = imageAxes(of: declared)
      if let imageSize {
        let asked = [imageSize.height, imageSize.width]
        for (axis, extent) in zip(axes, asked) {
          guard (declared[axis] ?? extent) == extent else {
            throw .fixedImageSize(
              input: layer.path, declared: axes.map { declared[$0] ?? asked[$0 - axes[0]] }, asked: asked)
          }
          declared[axis] = extent
        }
      }
      guard axes.allSatisfy({ declared[$0] != nil }) else { throw .unknownImageSize(input: layer.path) }
    }
    let shape = declared.compactMap { $0 }
    guard shape.count == declared.count, shape.allSatisfy({ $0 > 0 }) else {
      throw .unknownShape(input: layer.path, declared: spelledOut)
    }
    guard elementCount(of: shape) != nil else { throw .tooLarge(value: layer.path, shape: shape) }
    return shape
  }
}

extension LayerDescription {
  /// What an InputLayer declares, batch first; `nil` for what it leaves open.
  fileprivate var declaredShape: [Int?] {
    let shapes = [config["batch_shape"], config["batch_input_shape"]]
    return (shapes.compactMap(\.list).first ?? []).map { $0.isNull ? nil : $0.integer ?? -1 }
  }
}

extension KerasError {
  /// Whether shapes do not meet, which another size of images may mend.
  fileprivate var isMisfit: Bool {
    switch self {
    case .malformedLayer, .wrongWeights, .unsupportedUse: true
    default: false
    }
  }

  /// What does not fit, without what to do about a damaged file.
  fileprivate var cause: String {
    switch self {
    case .malformedLayer(let layer, let reason), .unsupportedUse(let layer, let reason): "\(layer): \(reason)"
    case .wrongWeights(let layer, let weight, let expected, let found):
      "\(layer) has \(spelled(found)) for its \(weight), and \(spelled(expected)) would be needed"
    default: "\(self)"
    }
  }
}
