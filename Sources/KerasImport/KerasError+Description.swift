public import GraphEngine

extension KerasError: NetworkFileError {
  public var fault: NetworkFileFault {
    switch self {
    case .missingFile: .missing
    case .unreadableFile: .unreadable
    case .emptyFile, .notKeras, .damaged, .noModel, .malformed, .malformedLayer, .missingWeights, .wrongWeights:
      .damaged
    case .oldVersion, .unsupported, .unsupportedUse, .tooLarge, .fixedBatch, .mixedImages, .unknownShape,
      .wrongShape, .wrongLambda:
      .unsupported
    case .unknownImageSize, .fixedImageSize, .unfitImageSize: .imageSize
    case .noSuchInput, .noSuchLambda: .absent
    }
  }

  /// One sentence of at most 600 characters.
  public var description: String { elided(sentence, to: longestSentence) }

  private var sentence: String {
    switch self {
    case .missingFile(let path): "there is no file '\(path)'; check the path"
    case .unreadableFile(let path, let reason): "'\(path)' cannot be read: \(reason)"
    case .emptyFile(let path): "'\(path)' is empty; download or save it again"
    case .notKeras(let path): "'\(path)' is no Keras file; save the network with model.save(\"network.keras\")"
    case .damaged(let path, let reason): "'\(path)' is damaged: \(reason); download or save it again"
    case .noModel(let path, let reason): "'\(path)' holds no whole network: \(reason)"
    case .oldVersion(let path, let version):
      "'\(path)' was written by Keras \(version), and only Keras 2 and 3 are read; load it with Keras 2.2, which "
        + "understands Keras 1, and save it again with model.save"
    case .malformed(let reason): "the model is malformed: \(reason); save it again"
    case .malformedLayer(let layer, let reason):
      "the model is malformed at \(elided("\(layer)", to: 150)): \(elided(reason, to: 350)); save it again"
    case .missingWeights(let layer, let place):
      "the weights of \(layer) are missing: the file has no \(place); save the whole model again"
    case .wrongWeights(let layer, let weight, let expected, let found):
      "the weight '\(weight)' of \(layer) is \(spelled(found)) where \(spelled(expected)) is needed; save it again"

    case .unsupported(let layers): Self.sentence(on: layers)
    case .unsupportedUse(let layer, let reason):
      "\(elided("\(layer)", to: 150)) cannot be explained yet: \(elided(reason, to: 400))"
    case .tooLarge(let value, let shape):
      "'\(value)' would be \(spelled(shape)), more than the 2³¹ elements a value may have; give a smaller image or batch"

    case .fixedBatch(let input, let declared, let asked):
      "the input '\(input)' takes exactly \(declared) image\(declared == 1 ? "" : "s"), not \(asked); "
        + "run the network on \(declared) at a time, or build it without batch_size"
    case .mixedImages(let input, let images):
      "the network makes one answer of the \(images) images that its input '\(input)' takes at a time, so that a single "
        + "photograph has none of its own; build it without batch_size, or up to the layer before they meet"
    case .unknownImageSize(let input):
      "the model leaves the size of its input '\(input)' open; give the height and width of the images"
    case .fixedImageSize(let input, let declared, let asked):
      "the input '\(input)' takes images of \(spelled(declared)), not \(spelled(asked)); leave the size out"
    case .unknownShape(let input, let declared):
      "the model leaves the shape of its input '\(input)' open (\(declared)); build it with a definite shape"
    case .unfitImageSize(let height, let width, let reason, let fitting):
      "the size \(height) × \(width) does not fit this network, which leaves it open though its layers do not: "
        + "\(elided(reason, to: 300)); give the size it was made for"
        + (fitting.map { ", such as \($0) × \($0)" } ?? "")
    case .noSuchInput(let name, let inputs): "the model has no input '\(name)'; it has \(listed(inputs))"
    case .wrongShape(let input, let declared, let given):
      "the input '\(input)' is \(spelled(declared)) and cannot be fixed to \(spelled(given))"
    case .noSuchLambda(let name, let lambdas):
      lambdas.isEmpty
        ? "the model has no Lambda layer, '\(name)' or other; leave out what it computes"
        : "the model has not one Lambda layer '\(name)'; it has \(listed(lambdas))"
    case .wrongLambda(let layer, let expression, let reason):
      "what \(layer) computes, '\(elided(expression, to: 100))', is not understood: \(elided(reason, to: 250)); "
        + "write it like 'x / 127.5 - 1'"
    }
  }

  /// Groups the layers by class, most frequent first, and names a few of each.
  private static func sentence(on layers: [KerasLayer]) -> String {
    let groups = Dictionary(grouping: layers, by: \.className)
      .sorted { ($1.value.count, $0.key) < ($0.value.count, $1.key) }
    let parts = groups.map { className, layers in
      let examples = layers.prefix(3).map { "'\(elided($0.name, to: 40))'" }.joined(separator: ", ")
      return "\(className) at \(examples)" + (layers.count > 3 ? " and \(layers.count - 3) more" : "")
    }
    let list = joined(parts, by: "; ", within: 300, kind: "more classes")
    // What is left before a Lambda at the start is nothing.
    let hasLambdas = layers.contains { $0.className == "Lambda" }
    return "the network uses layers that cannot be explained yet: \(list); "
      + (hasLambdas
        ? "a Lambda holds Python code, which is never run: say what it computes, like 'x / 127.5 - 1', in the 'lambdas' of "
          + "a manifest, or export the network with tf2onnx"
        : "build it without them, or save it up to the layer before them")
  }
}
