public import AttributionKit
import Foundation
import GraphEngine
import Kernels
import NetworkDefinitions
import Tensors
import Tokenizers

/// Texts that name classes: "a photo of a dog".
public struct Prompts: Hashable, Sendable {
  /// The texts, or templates with `{}` in the place of a class's name.
  public var texts: [String]
  /// The names of the classes, which templates need.
  public var names: [String]?

  /// Prompts, one for each class, or templates over names.
  public init(_ texts: [String], names: [String]? = nil) {
    self.texts = texts
    self.names = names
  }

  /// What each class is called, and the texts whose embeddings' mean is its vector.
  func classes() throws(ModelFileError) -> [(name: String, texts: [String])] {
    let templates = texts.filter { $0.contains("{}") }
    guard !templates.isEmpty else {
      return texts.enumerated().map { (names.flatMap { $0.count == texts.count ? $0 : nil }?[$0] ?? $1, [$1]) }
    }
    guard templates.count == texts.count else {
      throw ModelFileError(
        .request,
        "some of the texts have '{}' in the place of a class's name and some have not: give either templates or "
          + "texts", about: .classVectors)
    }
    guard let names, !names.isEmpty else {
      throw ModelFileError(
        .request, "'\(elided(texts[0], to: 60))' is a template, and the names of the classes are missing",
        about: .labels)
    }
    return names.map { name in (name, templates.map { $0.replacingOccurrences(of: "{}", with: name) }) }
  }
}

extension Setting {
  static let labels = Setting("labels")
}

/// A format whose networks may have classes that are told by texts.
public protocol PromptFormat: ModelFormat {
  /// Opens the network with a class for each text.
  ///
  /// - Throws: `ModelFileError`, also where nothing makes vectors of texts.
  func open(_ request: ModelRequest, prompts: Prompts) throws -> OpenedModel
}

/// Texts made vectors of by the text's half of a network.
struct PromptVectors {
  /// One for each class, `[classes, features]`.
  let vectors: Tensor
  let notes: [Note]

  /// - Parameters:
  ///   - prompts: the texts.
  ///   - weights: those of the network.
  ///   - folder: what holds the tokenizer.
  ///   - settings: what is said of the text's half.
  /// - Throws: `ModelFileError` where the folder lacks either.
  init(_ prompts: Prompts, by weights: WeightFile, in folder: String, told settings: JSONValue) throws {
    guard let tower = try TextTower(of: weights, told: settings) else {
      throw ModelFileError(
        .unsupported,
        "\(weights.label) have no text tower of CLIP or SigLIP that makes vectors of texts: give the vectors themselves, an "
          + "array of classes × features", about: .classVectors)
    }
    var tokenizer = try Tokenizer.read(in: folder)
    if settings["tokenizer_clean"].text == "canonicalize" { tokenizer.canonicalizes = true }
    let classes = try prompts.classes()
    let texts = classes.flatMap(\.texts)
    let (tokens, notes) = try tokenizer.tokens(of: texts, limit: tower.context)
    let rows = try tower.embeddings(of: tokens, padding: (tokenizer.padding.token, tokenizer.padding.isLeft))
    let features = rows.shape[1], scalars = rows.scalars
    // Of several texts, the mean of the directions (Radford et al., 2021, section 3.1.4).
    var vectors: [Float] = []
    var row = 0
    for entry in classes {
      var sum = [Double](repeating: 0, count: features)
      for _ in entry.texts {
        let vector = scalars[row * features..<(row + 1) * features]
        let length = vector.reduce(0.0) { $0 + Double($1) * Double($1) }.squareRoot()
        for (place, number) in vector.enumerated() { sum[place] += Double(number) / max(length, 1e-30) }
        row += 1
      }
      vectors += sum.map { Float($0) }
    }
    self.vectors = Tensor(vectors, shape: [classes.count, features])
    self.notes = notes
  }
}

extension Tokenizer {
  /// The tokenizer of a folder, its errors told as a format must tell them.
  static func read(in folder: String) throws(ModelFileError) -> Tokenizer {
    do { return try Tokenizer(inFolder: folder) } catch {
      throw ModelFileError(
        .unsupported, "\(error): give the vectors of the texts themselves, an array of classes × features",
        about: .classVectors)
    }
  }

  /// The tokens of texts, and a note on those that were cut.
  func tokens(of texts: [String], limit: Int) throws(ModelFileError) -> (tokens: [[Int]], notes: [Note]) {
    var rows: [[Int]] = []
    var notes: [Note] = []
    for text in texts {
      do {
        let (tokens, cut) = try self.tokens(of: text, limit: limit)
        rows.append(tokens)
        if cut > 0, notes.count < 3 {
          notes.append(
            Note(
              "the text '\(elided(text, to: 60))' has \(tokens.count + cut) tokens and the network takes \(limit): what is "
                + "behind them is left out"))
        }
      } catch { throw ModelFileError(.request, "\(error)", about: .classVectors) }
    }
    return (rows, notes)
  }
}
