public import GraphEngine

extension KerasError: NetworkFileError {
  public var fault: NetworkFileFault {
    switch self {
    case .missingFile: .missing
    case .unreadableFile: .unreadable
    case .emptyFile, .notKeras, .damaged, .noModel, .malformed, .malformedLayer, .missingWeights, .wrongWeights:
      .damaged
    case .unsupported, .unsupportedUse, .tooLarge, .fixedBatch, .unknownShape: .unsupported
    case .unknownImageSize, .fixedImageSize: .imageSize
    }
  }

  public var description: String {
    switch self {
    case .missingFile(let path): "there is no file '\(path)'; check the path"
    case .unreadableFile(let path, let reason): "'\(path)' cannot be read: \(reason)"
    case .emptyFile(let path): "'\(path)' is empty; download or save it again"
    case .notKeras(let path): "'\(path)' is no Keras file; save the network with model.save(\"network.keras\")"
    case .damaged(let path, let reason): "'\(path)' is damaged: \(reason); download or save it again"
    case .noModel(let path, let reason): "'\(path)' holds no whole network: \(reason)"
    case .malformed(let reason): "the model is malformed: \(reason); save it again"
    case .malformedLayer(let layer, let reason): "the model is malformed at \(layer): \(reason); save it again"
    case .missingWeights(let layer, let place):
      "the weights of \(layer) are missing: the file has no \(place); save the whole model again"
    case .wrongWeights(let layer, let weight, let expected, let found):
      "the weight '\(weight)' of \(layer) is \(spelled(found)) where \(spelled(expected)) is needed; save it again"

    case .unsupported(let layers): Self.sentence(on: layers)
    case .unsupportedUse(let layer, let reason): "\(layer) cannot be explained yet: \(reason)"
    case .tooLarge(let value, let shape):
      "'\(value)' would be \(spelled(shape)), more than the 2³¹ elements a value may have; give a smaller image or batch"

    case .fixedBatch(let input, let declared, let asked):
      "the input '\(input)' takes exactly \(declared) image\(declared == 1 ? "" : "s"), not \(asked); "
        + "run the network on \(declared) at a time, or build it without batch_size"
    case .unknownImageSize(let input):
      "the model leaves the size of its input '\(input)' open; give the height and width of the images"
    case .fixedImageSize(let input, let declared, let asked):
      "the input '\(input)' takes images of \(spelled(declared)), not \(spelled(asked)); leave the size out"
    case .unknownShape(let input, let declared):
      "the model leaves the shape of its input '\(input)' open (\(declared)); build it with a definite shape"
    }
  }

  /// Groups the layers by class, most frequent first, and names a few of each.
  private static func sentence(on layers: [KerasLayer]) -> String {
    let groups = Dictionary(grouping: layers, by: \.className)
      .sorted { ($1.value.count, $0.key) < ($0.value.count, $1.key) }
    let listed = groups.prefix(12).map { className, layers in
      let examples = layers.prefix(3).map { "'\($0.name)'" }.joined(separator: ", ")
      return "\(className) at \(examples)" + (layers.count > 3 ? " and \(layers.count - 3) more" : "")
    }
    let rest = groups.count > 12 ? "; and \(groups.count - 12) more classes" : ""
    return "the network uses layers that cannot be explained yet: \(listed.joined(separator: "; "))\(rest)"
      + "; build it without them, or save it up to the layer before them"
  }
}
