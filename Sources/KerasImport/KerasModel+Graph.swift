public import GraphEngine

extension KerasModel {
  /// Lowers the network for a number of images.
  ///
  /// Values carry the names of the layers that compute them; inner layers of nested models those of the models, too:
  /// `resnet50/conv1_conv`. Where Keras has images as `[N, H, W, C]`, the graph has `[N, C, H, W]`, its inputs included.
  ///
  /// - Parameters:
  ///   - batch: the number of images, where the file leaves it open.
  ///   - imageSize: the size of the images, where the file leaves it open.
  /// - Returns: the graph, its outputs in the model's order.
  /// - Throws: ``KerasError/unsupported(_:)`` with every layer that cannot be lowered, and others where the file is
  ///   inconsistent or the images do not fit.
  public func graph(batch: Int = 1, imageSize: (height: Int, width: Int)? = nil) throws(KerasError) -> Graph {
    try lowered(batch: batch, imageSize: imageSize).graph
  }

  /// The layers at the network's start that bring samples of 0…255 to what it was trained on.
  ///
  /// These are Rescaling, Normalization, and arithmetic with numbers; there are none where the caller has to.
  ///
  /// - Throws: As ``graph(batch:imageSize:)`` does.
  public func rescalingLayers(imageSize: (height: Int, width: Int)? = nil) throws(KerasError) -> [String] {
    try lowered(batch: 1, imageSize: imageSize).rescalings
  }

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

  private func lowered(batch: Int, imageSize: (height: Int, width: Int)?) throws(KerasError) -> Lowering {
    var graph = Lowering(
      movesChannels: movesChannels, reserved: Set(description.leaves.map(\.path)))
    var inputs: [Value] = []
    for layer in inputLayers {
      inputs.append(graph.input(layer.path, shape: try shape(of: layer, batch: batch, imageSize: imageSize)))
    }
    guard inputs.count == description.inputs.count else { throw .malformed(reason: "an input is not among its layers") }
    var walk = ModelLowering(weights: weights, kerasVersion: majorVersion, graph: graph)
    let outputs = try walk.lower(description, inputs: inputs, label: KerasLayer(name: "", className: "the model"))
    walk.graph.finish(outputs: outputs)
    return walk.graph
  }

  /// The declared shape of an input with its open axes filled in.
  private func shape(
    of layer: LayerDescription, batch: Int, imageSize: (height: Int, width: Int)?
  ) throws(KerasError) -> [Int] {
    var declared = layer.declaredShape
    let spelledOut = declared.map { $0.map(String.init) ?? "?" }.joined(separator: " × ")
    guard declared.count >= 2, declared.allSatisfy({ $0.map { (1...(1 << 24)).contains($0) } ?? true }) else {
      throw .unknownShape(input: layer.path, declared: spelledOut)
    }
    if let fixed = declared[0], fixed != batch {
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
