public import AttributionKit
import FileKinds
import Foundation
import GraphAdapter
import GraphEngine
import NetworkDefinitions

/// The weights of a network that is known, in a safetensors file or one that PyTorch saved; which network, their names and
/// shapes tell, or whoever opens them.
public struct WeightsFormat: ModelFormat {
  /// `weights`.
  public let identifier = "weights"
  /// What is read.
  public let summary = "Weights of a network that is known, as safetensors or saved by PyTorch."

  /// The format; it has no settings.
  public init() {}

  /// Whether it is a safetensors file, what `torch.save` wrote, or the index of weights in several files.
  public func recognizes(_ contents: UnsafeRawBufferPointer, at path: String) -> Bool {
    if contents.dropFirst(8).starts(with: #"{""#.utf8) { return true }
    switch FileKind(markedIn: contents) {
    case .torchCheckpoint, .pickle: return true
    case .json: return path.hasSuffix(".index.json")
    default: return false
    }
  }

  /// Binds the weights to the network that they are of and plans it for one image.
  ///
  /// A library's `config.json` beside weights that have the name it gives them is followed.
  /// - Throws: `ModelFileError`, where the weights are of no network that is known, too.
  public func open(_ request: ModelRequest) throws -> OpenedModel {
    try open(request, prompts: nil)
  }

  private func open(_ request: ModelRequest, prompts: Prompts?) throws -> OpenedModel {
    guard let folder = try ModelFolder(ofWeights: request.path) else {
      return try open(request, told: NetworkDescription(name: request.architecture), prompts: prompts)
    }
    return try open(request, in: folder, prompts: prompts)
  }

  /// Binds the weights in a library's folder to the network that it says they are of.
  func open(_ request: ModelRequest, in folder: ModelFolder, prompts: Prompts? = nil) throws -> OpenedModel {
    var request = request
    request.path = folder.weights
    request.imageSize = request.imageSize ?? folder.imageSize
    var told = folder.description
    told.name = request.architecture ?? told.name
    if request.output == nil { request.answer = request.answer ?? folder.answer }
    var opened: OpenedModel
    do { opened = try open(request, told: told, prompts: prompts) } catch let error as ModelFileError {
      guard error.fault == .unsupported, let name = told.name, request.architecture == nil else { throw error }
      throw ModelFileError(
        .unsupported, "\(error) ('\(elided(name, to: 60))', as its config.json says)", about: error.setting)
    }
    opened.title = folder.title ?? opened.title
    let channels = opened.model.input.shape.first ?? 3
    if let recipe = folder.preprocessing,
      ![recipe.mean, recipe.deviation].allSatisfy({ [1, channels].contains($0.count) })
    {
      opened.notes.append(
        Note(
          "the network takes \(channels) channels, and what is known of preparing photographs is for \(recipe.mean.count)",
          about: Setting("recipe")))
    } else {
      opened.preprocessing = folder.preprocessing ?? opened.preprocessing
      opened.notes += folder.notes
    }
    if request.classVectors == nil, prompts == nil { opened.name(folder.classNames, by: "config.json") }
    return opened
  }

  private func open(
    _ request: ModelRequest, told: NetworkDescription, prompts: Prompts?
  ) throws -> OpenedModel {
    var request = request
    return try reading(request) {
      let file = try WeightFile(request.path)
      var notes: [Note] = []
      if let prompts {
        let folder = URL(fileURLWithPath: request.path).deletingLastPathComponent().path
        let made = try PromptVectors(prompts, by: file, in: folder, told: told.settings["text_config"])
        (request.classVectors, notes) = (made.vectors, made.notes)
      }
      let found = try RecognizedNetwork(of: file, named: request.architecture, told: told)
      let definition = found.definition
      guard request.fixedInputs.isEmpty else {
        throw ModelFileError(
          .request, "\(definition.name) has one input, the image: leave out what others are fixed to",
          about: .fixedInputs)
      }
      let network = try Network(definition, weights: found.weights)
      // The definition knows a size of its own, so that none need be assumed.
      let size = ImageSizeChoice(request, isOpen: true, assuming: nil)
      let graph = try network.graph(imageSize: size.extent)
      if let problem = found.contradiction(to: graph) {
        throw ModelFileError(
          .unsupported,
          "\(file.label) fit \(definition.name), but the file \(problem): save the network with torch.onnx.export, which keeps "
            + "how it computes")
      }
      if let output = request.output, !graph.computes(OutputRows.parting(output)?.output ?? output) {
        throw ModelFileError(
          .request,
          "\(definition.name) has one output and computes no value called '\(elided(output, to: 100))': leave the choice out, "
            + "or name a layer", about: .output)
      }
      var opened = try request.opened(
        LoweredNetwork(graph), output: request.output, notes: found.notes.map { Note($0) } + notes,
        comparison: EmbeddingClasses.Comparison(learnedIn: file)
      ) {
        try network.graph(batch: $0, imageSize: size.extent)
      }
      opened.architecture = definition.name
      if let prompts {
        opened.classNames = try prompts.classes().map(\.name)
      } else if !found.hasClassifier {
        opened.tellOfMissingClassifier(of: definition.name, request)
      }
      opened.title = "\(definition.name) (\(URL(fileURLWithPath: request.path).lastPathComponent))"
      return opened
    }
  }
}

extension WeightsFormat: PromptFormat {
  /// Binds the weights, and makes classes of texts by the network's own half for them.
  ///
  /// - Throws: `ModelFileError`, where it has none, or no tokenizer lies beside it, too.
  public func open(_ request: ModelRequest, prompts: Prompts) throws -> OpenedModel {
    try open(request, prompts: Optional(prompts))
  }
}

extension EmbeddingClasses.Comparison {
  /// How a network compares images and texts by what its weights say; as CLIP does where they say nothing.
  init(learnedIn file: WeightFile) {
    if let (scale, bias) = file.learnedComparison {
      self.init(scale: scale, bias: bias, isLearned: true)
    } else {
      self.init()
    }
  }
}
