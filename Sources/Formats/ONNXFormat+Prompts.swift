public import AttributionKit
import Foundation
import NetworkDefinitions
import ONNXImport
import Tensors
import Tokenizers

extension ONNXFormat: PromptFormat {
  /// Opens a file with a class for each text: the tokens fill the input of a network that has both halves, `input_ids`; of an
  /// image's half alone, the weights of the whole network in the same folder make vectors of them.
  ///
  /// - Throws: `ModelFileError`, also where the folder lacks the tokenizer or the text's half.
  public func open(_ request: ModelRequest, prompts: Prompts) throws -> OpenedModel {
    try reading(request) {
      let model = try ONNXModel(contentsOf: request.path)
      let folders = Self.folders(of: request.path)
      var request = request
      var comparison = EmbeddingClasses.Comparison()
      var notes: [Note] = []
      if let texts = model.textInput {
        notes = try request.fill(texts, of: model, with: prompts, in: folders)
      } else {
        (request.classVectors, comparison, notes) = try Self.vectors(of: prompts, in: folders)
      }
      var opened = try model.opened(for: request, comparison: comparison)
      opened.notes += notes
      opened.classNames = try prompts.classes().map(\.name)
      return opened
    }
  }

  /// Where tokenizer and weights may lie: the file's folder, and the one around a folder of exported files.
  private static func folders(of path: String) -> [String] {
    let folder = URL(fileURLWithPath: path).deletingLastPathComponent()
    return [folder.path] + (folder.lastPathComponent == "onnx" ? [folder.deletingLastPathComponent().path] : [])
  }

  private static func vectors(
    of prompts: Prompts, in folders: [String]
  ) throws -> (Tensor, EmbeddingClasses.Comparison, [Note]) {
    let names = folders.map { $0 + "/config.json" }
    guard let configuration = names.first(where: FileManager.default.fileExists),
      let folder = try? ModelFolder(ofConfiguration: configuration)
    else {
      throw ModelFileError(
        .unsupported,
        "the network has no input for the tokens of texts, and the weights of its text tower, transformers' config.json and "
          + "model.safetensors, are not beside it: put them there, or give the texts' vectors, an array of classes × features",
        about: .classVectors)
    }
    let weights = try WeightFile(folder.weights)
    let made = try PromptVectors(
      prompts, by: weights, in: URL(fileURLWithPath: configuration).deletingLastPathComponent().path,
      told: folder.description.settings["text_config"])
    let note = Note("the texts' vectors are made by the weights in '\(folder.weights)'")
    return (made.vectors, EmbeddingClasses.Comparison(learnedIn: weights), [note] + made.notes)
  }
}

extension ONNXModel {
  /// The input for the tokens of texts, `[texts, tokens]`; `nil` where there is none.
  fileprivate var textInput: ONNXValue? {
    inputs.first { ["input_ids", "text", "texts", "tokens", "text_tokens"].contains($0.name) && $0.isInteger }
  }

  /// What is wrong with a request that leaves the input for texts open; `nil` where it does not.
  func lackOfTexts(in request: ModelRequest) -> ModelFileError? {
    guard let texts = textInput, request.fixedInputs[texts.name] == nil else { return nil }
    return ModelFileError(
      .request,
      "the network compares the image with texts, whose tokens '\(texts.name)' takes: give the texts, where the network's "
        + "tokenizer lies beside the file, or fill the input with an array of texts × tokens", about: .classVectors)
  }
}

extension ModelRequest {
  /// Fills the input for texts, and the mask that tells their tokens from what fills them up.
  ///
  /// - Returns: What people should know of it.
  fileprivate mutating func fill(
    _ texts: ONNXValue, of model: ONNXModel, with prompts: Prompts, in folders: [String]
  ) throws -> [Note] {
    guard let folder = folders.first(where: Tokenizer.isIn) else {
      throw ModelFileError(
        .unsupported,
        "no tokenizer (tokenizer.json, vocab.json with merges.txt, or spiece.model) lies beside the file, which takes the "
          + "numbers of tokens: put the network's there, or fill '\(texts.name)' with an array of texts × tokens",
        about: .fixedInputs)
    }
    let classes = try prompts.classes()
    guard let count = classes.first?.texts.count, count == 1 else {
      throw ModelFileError(
        .request, "a network that takes the texts themselves has one for each class: give one template",
        about: .classVectors)
    }
    let told = Self.textSettings(in: folders)
    var length: Int?
    if let shape = texts.shape, shape.count == 2 {
      if case .fixed(let extent) = shape[1] { length = extent }
      if case .fixed(let extent) = shape[0], extent != classes.count {
        throw ModelFileError(
          .request,
          "the file takes \(extent) texts at a time and \(classes.count) are given: give as many, or export it with a number "
            + "of texts left open", about: .classVectors)
      }
    }
    let tokenizer = try Tokenizer.read(in: folder)
    let limit = length ?? told.limit
    let (tokens, notes) = try tokenizer.tokens(of: classes.map { $0.texts[0] }, limit: limit)
    let width = length ?? (told.isPadded ? limit : max(1, tokens.map(\.count).max() ?? 1))
    let shape = [tokens.count, width]
    func filled(_ row: [Int], by number: Int) -> [Float] {
      let fill = [Float](repeating: Float(number), count: width - row.count)
      return tokenizer.padding.isLeft ? fill + row.map { Float($0) } : row.map { Float($0) } + fill
    }
    var own = [
      texts.name: Tensor(tokens.flatMap { filled($0, by: tokenizer.padding.token) }, shape: shape)
    ]
    if model.inputs.contains(where: { $0.name == "attention_mask" }) {
      own["attention_mask"] = Tensor(
        tokens.flatMap { row in filled(row.map { _ in 1 }, by: 0) }, shape: shape)
    }
    fixedInputs.merge(own) { given, _ in given }
    classCount = classes.count
    // Of a network with both halves, the texts' answers about the image rather than the image's about the texts.
    if output == nil, model.outputs.contains(where: { $0.name == "logits_per_image" }) { output = "logits_per_image" }
    if told.isPadded { answer = answer ?? .multilabel }
    return [
      Note("'\(texts.name)' is filled with the tokens of \(classes.count) texts by the tokenizer beside the file")
    ]
      + notes
  }

  /// How many tokens a text may have, and whether all are made so long, by transformers' configuration where there is one.
  private static func textSettings(in folders: [String]) -> (limit: Int, isPadded: Bool) {
    for folder in folders {
      let file = URL(fileURLWithPath: folder + "/config.json")
      guard let json = try? ModelFolder.json(at: file) else { continue }
      let isPadded = json["model_type"].text?.hasPrefix("siglip") == true
      return (json["text_config"]["max_position_embeddings"].integer ?? (isPadded ? 64 : 77), isPadded)
    }
    return (77, false)
  }
}
