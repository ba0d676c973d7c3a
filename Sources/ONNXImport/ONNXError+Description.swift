import FileKinds
public import GraphEngine

extension ONNXError: NetworkFileError {
  public var fault: NetworkFileFault {
    switch self {
    case .missingFile: .missing
    case .unreadableFile: .unreadable
    case .emptyFile, .notONNX, .truncated, .malformedGraph, .malformedNode, .malformedTensor, .missingExternalData,
      .invalidExternalData:
      .damaged
    case .unsupportedOpset, .unsupportedElementType, .unsupported, .unsupportedUse, .tooLarge, .fixedBatch,
      .mixedImages,
      .notAnImage, .unknownShape, .wrongShape, .wrongValue:
      .unsupported
    case .unknownImageSize, .fixedImageSize, .unfitImageSize: .imageSize
    case .noSuchOutput, .noSuchInput: .absent
    }
  }

  /// One sentence of at most 600 characters.
  public var description: String { elided(sentence, to: longestSentence) }

  private var sentence: String {
    switch self {
    case .missingFile(let path): "there is no file '\(path)'; check the path"
    case .unreadableFile(let path, let reason): "'\(path)' cannot be read: \(reason)"
    case .emptyFile(let path): "'\(path)' is empty; download or export it again"
    case .notONNX(let path, let kind):
      "'\(path)' is no model that is read but \(kind.rawValue): \(kind.remedyAsModel(path))"
    case .truncated(let path): "'\(path)' ends in the middle of the model; download or copy it again"
    case .malformedGraph(let reason): "the model is malformed: \(reason); export it again"
    case .malformedNode(let node, let reason):
      "the model is malformed at \(elided(node, to: 150)): \(elided(reason, to: 350)); export it again"
    case .malformedTensor(let name, let reason): "the model's tensor '\(name)' is malformed: \(reason); export it again"
    case .missingExternalData(let tensor, let file):
      "the weights '\(tensor)' are in the file '\(file)', which is missing; put it beside the model"
    case .invalidExternalData(let tensor, let reason):
      "the weights '\(tensor)' cannot be read from beside the model: \(reason); copy all its files again"

    case .unsupportedOpset(let opset):
      "the model uses ONNX opset \(opset), and 7 to 28 can be read; export it with opset_version=18"
    case .unsupportedElementType(let tensor, let type):
      "'\(tensor)' has elements of type \(type), which cannot be computed with; export the network in float32"
    case .unsupported(let nodes): Self.sentence(on: nodes)
    case .unsupportedUse(let node, let reason):
      "\(elided(node, to: 150)) cannot be lowered: \(elided(reason, to: 400))"
    case .tooLarge(let value, let shape):
      "'\(value)' would be \(spelled(shape)), more than the 2³¹ elements a value may have; give a smaller image or batch"

    case .fixedBatch(let input, let declared, let asked):
      "the input '\(input)' takes exactly \(declared) image\(declared == 1 ? "" : "s"), not \(asked); "
        + "run the network on \(declared) at a time, or export it with a dynamic batch axis"
    case .mixedImages(let input, let images):
      "the network makes one answer of the \(images) images that its input '\(input)' takes at a time, so that a single "
        + "photograph has none of its own; export it with one image, or up to the layer before they meet"
    case .notAnImage(let input, let declared):
      "the input '\(input)' takes arrays of \(declared), which are no images; networks that take images, 1 × channels × height "
        + "× width, can be explained"
    case .unknownImageSize(let input):
      "the model leaves the size of its input '\(input)' open; give the height and width of the images"
    case .fixedImageSize(let input, let declared, let asked):
      "the input '\(input)' takes images of \(spelled(declared)), not \(spelled(asked)); leave the size out"
    case .unfitImageSize(let height, let width, let reason, let fitting):
      "the size \(height) × \(width) does not fit this network, which leaves it open though its layers do not: "
        + "\(elided(reason, to: 300)); give the size it was made for"
        + (fitting.map { ", such as \($0) × \($0)" } ?? "")
    case .unknownShape(let input, let declared):
      "the model leaves the shape of its input '\(input)' open (\(declared)); give it an array of a definite shape"
    case .wrongShape(let input, let declared, let asked):
      "the input '\(input)' is declared as \(declared) and cannot be \(spelled(asked))"
    case .wrongValue(let input, let reason): "the input '\(input)' cannot be fixed so: \(reason)"
    case .noSuchOutput(let name, let outputs):
      "the model has no output '\(name)'; it has \(listed(outputs))"
    case .noSuchInput(let name, let inputs):
      "the model has no input '\(name)'; it has \(listed(inputs))"
    }
  }

  /// Groups the nodes by operator, most frequent first, and names a few of each.
  private static func sentence(on nodes: [UnsupportedNode]) -> String {
    var groups: [String: [UnsupportedNode]] = [:]
    for node in nodes {
      let origin = node.domain.isEmpty ? "opset \(node.opset)" : "\(node.domain) \(node.opset)"
      groups["\(node.operator) (\(origin))", default: []].append(node)
    }
    let sorted = groups.sorted { ($1.value.count, $0.key) < ($0.value.count, $1.key) }
    let parts = sorted.map { name, nodes in
      let examples = nodes.prefix(3).map { "'\(elided($0.node, to: 40))'" }.joined(separator: ", ")
      return "\(name) at \(examples)" + (nodes.count > 3 ? " and \(nodes.count - 3) more" : "")
    }
    let list = joined(parts, by: "; ", within: 380, kind: "more operators")
    let isOptimized = nodes.contains { $0.domain.hasPrefix("com.microsoft") || $0.domain.hasPrefix("com.ms.") }
    return "the network uses operators that cannot be explained yet: \(list); "
      + (isOptimized
        ? "it was optimised by onnxruntime: give the file from before it was optimised"
        : "export it without them, or up to the layer before them")
  }
}
