public import GraphEngine

/// Why a network cannot be put together, or not with these weights.
///
/// Each case reads as one sentence that ends with what to do about it.
public enum NetworkError: Error, Hashable, Sendable {
  // MARK: The definition

  case noSuchNetwork(String, nearest: [String], among: [String])
  /// A layer whose numbers make no sense, or that is wired to something it cannot take.
  case malformedLayer(String, reason: String)
  case duplicateName(String)

  // MARK: The images

  case unsuitableInput([Int])
  case doesNotFit(layer: String, input: [Int], reason: String)
  case tooLarge(layer: String, shape: [Int])
  /// Another size of image would need other weights.
  case fixedImageSize(network: String, needed: [Int], asked: [Int])

  // MARK: The weights

  case missingFile(String)
  case unreadableFile(String, reason: String)
  case malformedFile(String, reason: String)
  case malformedCheckpoint(String, reason: String)
  case malformedIndex(String, reason: String)
  case unsupportedElementType(tensor: String, type: String)
  case noSuchTensor(String, in: String)
  /// Weights of no network that is known; the nearest ones, with how much of each is there.
  case unrecognizedWeights(String, className: String?, names: [String], nearest: [String])
  /// Tensors that are missing, in excess or of other shapes, with the network they would fit, if there is one.
  case unfittingWeights(String, network: String, problem: WeightMismatch, likely: String?)
}

extension NetworkError: NetworkFileError {
  public var fault: NetworkFileFault {
    switch self {
    case .noSuchNetwork: .architecture
    case .malformedLayer, .duplicateName, .malformedFile, .malformedCheckpoint, .malformedIndex, .noSuchTensor,
      .unfittingWeights:
      .damaged
    case .unsuitableInput, .unsupportedElementType, .unrecognizedWeights: .unsupported
    case .doesNotFit, .tooLarge, .fixedImageSize: .imageSize
    case .missingFile: .missing
    case .unreadableFile: .unreadable
    }
  }

  public var description: String {
    switch self {
    case .noSuchNetwork(let name, let nearest, let names):
      "there is no network '\(elided(name, to: 60))'; nearest: \(nearest.joined(separator: ", ")); all: "
        + joined(names, by: ", ", within: 350, kind: "more")
    case .malformedLayer(let layer, let reason): "the layer '\(layer)' \(reason)"
    case .duplicateName(let name): "the network has two parameters called '\(name)': give the layers different names"

    case .unsuitableInput(let shape):
      "a network takes images × channels × height × width, each at least 1, not \(spelled(shape))"
    case .doesNotFit(let layer, let input, let reason):
      "the layer '\(layer)' cannot take \(spelled(input)): \(reason); give larger images, or another layer"
    case .tooLarge(let layer, let shape):
      "'\(layer)' would be \(spelled(shape)), more than the 2³¹ elements a value may have; give a smaller image or batch"
    case .fixedImageSize(let network, let needed, let asked):
      "\(network) takes images of \(spelled(Array(needed.dropFirst()))) only, not \(spelled(asked))"

    case .missingFile(let path): "there is no file '\(path)'; check the path"
    case .unreadableFile(let path, let reason): "'\(path)' cannot be read: \(reason)"
    case .malformedFile(let path, let reason):
      "'\(path)' is no usable safetensors file: \(reason); write one with safetensors.torch.save_file"
    case .malformedCheckpoint(let path, let reason):
      "'\(path)' is no usable PyTorch checkpoint: \(reason); save the network's weights with "
        + "torch.save(model.state_dict(), FILE)"
    case .malformedIndex(let path, let reason):
      "'\(path)' is no usable index of weights: \(reason); download the folder again"
    case .unsupportedElementType(let tensor, let type):
      "'\(tensor)' has elements of type \(type), which cannot be computed with; save the weights in float32"
    case .noSuchTensor(let tensor, let source): "\(source) hold no tensor '\(tensor)'"
    case .unrecognizedWeights(let source, let className, let names, let nearest):
      "\(source) are of no network that Limn knows by the names of its tensors ("
        + joined(names.map { elided($0, to: 60) }, by: ", ", within: 130, kind: "more") + ")"
        + (className.map { ", a \(elided($0, to: 80))" } ?? "")
        + (nearest.isEmpty ? "" : "; nearest: \(nearest.joined(separator: ", "))")
        + "; export the network with torch.onnx.export"
    case .unfittingWeights(let source, let network, let problem, let likely):
      "\(source) do not fit \(network): \(problem)" + (likely.map { "; they fit \($0)" } ?? "")
    }
  }
}
